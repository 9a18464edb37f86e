/**
 * The program {@code perf}: benchmarks, the load generator and the report. This package is the entry alone; what it does is
 * in rooms, each of which uses only rooms on lower floors ({@code ArchitectureTest} checks it):
 *
 * <pre>
 * 6  (entry)   Perf: the program
 * 5  cli       the commands and their options
 * 4  scenario  what is measured and how: plans, comparisons, warm-up, the collected results
 * 3  peer      who is measured and where: servers and runtimes, their programs, the test bed
 * 2  load      the load generator, its rounds and their results
 * 2  jmh       the benchmarks that JMH runs
 * 1  process   child processes, JVMs, cores, CPU time, the words between processes
 * 1  server    the servers that run in a JVM
 * 1  micro     the programs of coroutines that run in a JVM
 * 1  report    figures, and the forms of a report
 * </pre>
 */
@NullMarked
package dev.skein.perf;

import org.jspecify.annotations.NullMarked;
