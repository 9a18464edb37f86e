/** What was found, and its forms: JSON, Markdown, HTML with plots, and the comparison with an earlier run. */
@NullMarked
package dev.skein.perf.report;

import org.jspecify.annotations.NullMarked;
