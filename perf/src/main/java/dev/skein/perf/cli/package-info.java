/**
 * Floor 5: the commands and their options. They check what they are given, start a scenario and print what it found. Nothing
 * below knows an option.
 */
@NullMarked
package dev.skein.perf.cli;

import org.jspecify.annotations.NullMarked;
