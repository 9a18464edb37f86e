package dev.skein.loop.tools;

/**
 * A place in a program, as a task's stack names it: {@code Consumer.run Consumer.java:12}.
 *
 * @param method class and method, or what stands for a call: {@code gather}
 * @param file the source file's name, or "" where it is not known
 * @param line the line, or 0
 */
public record Frame(String method, String file, int line) {
    @Override
    public String toString() {
        if (file.isEmpty()) {
            return method;
        }
        return line > 0 ? method + " " + file + ":" + line : method + " " + file;
    }
}
