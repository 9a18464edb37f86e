/**
 * Floor 1: what was found, and its forms: JSON, Markdown, HTML with plots, and the comparison with an earlier run. It knows no
 * other room.
 */
@NullMarked
package dev.skein.perf.report;

import org.jspecify.annotations.NullMarked;
