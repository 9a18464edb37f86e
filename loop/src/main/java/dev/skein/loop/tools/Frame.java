package dev.skein.loop.tools;

/**
 * A stack frame of a task, which prints as {@code Consumer.run Consumer.java:12}.
 *
 * @param method the class and the method, or the name of a call, for instance {@code gather}
 * @param file the name of the source file, or "" if it is not known
 * @param line the line number, or 0 if it is not known
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
