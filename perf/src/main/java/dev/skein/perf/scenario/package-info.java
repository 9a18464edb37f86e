/**
 * Floor 4: what is measured and how: which servers under which load, warmed up how long, in which order, compared how, and
 * collected for the report.
 */
@NullMarked
package dev.skein.perf.scenario;

import org.jspecify.annotations.NullMarked;
