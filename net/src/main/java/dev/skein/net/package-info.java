/** Streams, servers, datagrams and messages over the loop's channels. */
@NullMarked
package dev.skein.net;

import org.jspecify.annotations.NullMarked;
