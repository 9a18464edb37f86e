package dev.skein.perf.report;

/** What is measured of a server or a runtime. */
public enum Metric {
    THROUGHPUT("throughput", "requests/s", true),
    CPU("CPU per request", "us", false),
    P50("p50 latency", "us", false),
    P99("p99 latency", "us", false),
    ALLOCATED("allocated per request", "B", false),
    COLLECTING("garbage collection", "ms", false),
    RESIDENT("memory", "MB", false),
    HELD("heap and direct per connection", "B", false),
    HEAP_EACH("heap of each", "B", false),
    TIME("time per operation", "ns", false),
    WALL("wall time", "ms", false),
    CPU_EACH("CPU of each", "ns", false),
    GROWTH("growth", "times the least", false),
    SERVER_BUSY("server's core", "% busy", true),
    LOAD_BUSY("load generator's core", "% busy", false),

    /** Of rounds in which other programs took the core; above a half no figure beside it is to be believed. */
    DISTURBED("disturbed", "%", false);

    private final String label;
    private final String unit;
    private final boolean moreIsBetter;

    Metric(String label, String unit, boolean moreIsBetter) {
        this.label = label;
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
    }

    public String label() {
        return label;
    }

    public String unit() {
        return unit;
    }

    public boolean moreIsBetter() {
        return moreIsBetter;
    }
}
