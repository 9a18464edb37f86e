/** Fixtures that the tests of several modules use; they know neither loop nor net. */
@NullMarked
package dev.skein.testsupport;

import org.jspecify.annotations.NullMarked;
