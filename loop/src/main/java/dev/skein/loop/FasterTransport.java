package dev.skein.loop;

import io.netty.util.Version;
import io.netty.util.internal.PlatformDependent;
import io.netty.util.internal.SystemPropertyUtil;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A native transport that is faster than NIO on a platform, and the jar of Netty's that it takes. Any thread.
 *
 * @param word as {@code skein.transport} names it
 * @param os the operating system, as in Netty's classifiers
 * @param arch the processor, as in Netty's classifiers
 * @param suffix of the file with its native code
 */
record FasterTransport(String word, String os, String arch, String suffix) {
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    /** The one of a platform, if Netty has it. */
    static Optional<FasterTransport> of(String os, String arch) {
        if (!arch.equals("x86_64") && !arch.equals("aarch_64")) {
            return Optional.empty();
        }
        return switch (os) {
            case "linux" -> Optional.of(new FasterTransport("epoll", os, arch, ".so"));
            case "osx" -> Optional.of(new FasterTransport("kqueue", os, arch, ".jnilib"));
            default -> Optional.empty();
        };
    }

    /** Logs once which jar is missing, unless none is: a jar that is there may be unable to load. */
    static void logIfMissing() {
        if (!TOLD.getAndSet(true) && !SystemPropertyUtil.getBoolean("io.netty.transport.noNative", false)) {
            of(PlatformDependent.normalizedOs(), PlatformDependent.normalizedArch())
                    .filter(FasterTransport::isMissing)
                    .ifPresent(faster -> LoopLog.info(
                            faster.advice(FasterTransport.class.getModule().isNamed())));
        }
    }

    private boolean isMissing() {
        String library = "META-INF/native/libnetty_transport_native_" + word + "_" + arch + suffix;
        return FasterTransport.class.getClassLoader().getResource(library) == null;
    }

    /** What to do about it, on the class path or the module path. */
    String advice(boolean modular) {
        String where = modular
                ? " on the module path, with --add-modules io.netty.transport.classes." + word + ",io.netty.transport."
                        + word + "." + os + "." + arch
                : " on the class path";
        return "running on NIO, though " + word + " is faster here: put io.netty:netty-transport-native-" + word + ":"
                + version() + ":" + os + "-" + arch + where + ", or set -Dskein.transport=nio to do without it";
    }

    /** Of the Netty that is here; empty if a repackaged jar has lost it, which Gradle takes for the BOM's. */
    private static String version() {
        @Nullable
        Version netty = Version.identify(FasterTransport.class.getClassLoader()).get("netty-transport");
        return netty == null ? "" : netty.artifactVersion();
    }
}
