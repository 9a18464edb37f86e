package dev.skein.net.torture;

import dev.skein.loop.Loop;
import java.nio.file.Path;
import java.util.List;

/** Where a torture takes place: its loops, a folder for its files, and certificates. */
record Setting(List<Loop> loops, Path folder, TortureTls tls) {}
