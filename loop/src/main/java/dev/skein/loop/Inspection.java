package dev.skein.loop;

/** The inspection of every loop: the {@link Watchdog}, and pictures on request ({@link Snapshots}). */
final class Inspection implements LoopObserver {
    static final LoopObserver OBSERVER = new Inspection();

    private Inspection() {}

    @Override
    public void started(Loop loop) {
        Watchdog.watch(loop);
        Snapshots.add(loop);
    }

    @Override
    public void ended(Loop loop) {
        Watchdog.forget(loop);
        Snapshots.remove(loop);
    }

    @Override
    public String describeTasks(Loop loop) {
        return Snapshots.describe(loop);
    }
}
