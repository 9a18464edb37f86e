package dev.skein.perf.peer;

import dev.skein.perf.process.Jvm;
import dev.skein.perf.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A peer that does not run in a JVM: the sources in {@code perf/peers}, and the tool that builds or runs them.
 *
 * @param tool the tool, on the PATH or with its path
 * @param debian the packages that Debian has it in
 * @param sources below {@code perf/peers}
 * @param build the command that builds them, in the directory of the sources; empty for a script
 * @param run the command that runs it, from the same directory
 * @param tell the command that tells the tool's version
 * @param needs a command that fails where something else is missing; empty for none
 */
record ForeignProgram(
        String tool,
        String debian,
        List<String> sources,
        List<String> build,
        List<String> run,
        List<String> tell,
        List<String> needs)
        implements Program {
    private static final Path DEBIAN_CRATES = Path.of("/usr/share/cargo/registry");
    private static final String NODE = "node";
    private static final String DEBIAN_PYTHON = "/usr/bin/python3";

    /** A script of asyncio's; {@code loop} is {@code asyncio} or {@code uvloop}. */
    static Program python(String script, String loop) {
        List<String> importing = List.of(
                "-c",
                "import platform, %s; print('Python', platform.python_version(), '%s',".formatted(loop, loop)
                        + " getattr(%s, '__version__', ''))".formatted(loop));
        return new ForeignProgram(
                DEBIAN_PYTHON,
                loop.equals("uvloop") ? "python3-uvloop" : "python3",
                List.of(script),
                List.of(),
                List.of(DEBIAN_PYTHON, script, loop),
                with(DEBIAN_PYTHON, importing),
                with(DEBIAN_PYTHON, importing));
    }

    static Program node() {
        return new ForeignProgram(
                NODE,
                "nodejs",
                List.of("node.js"),
                List.of(),
                List.of(NODE, "node.js"),
                List.of(NODE, "--version"),
                List.of());
    }

    static Program go(String directory) {
        return new ForeignProgram(
                "go",
                "golang-go",
                List.of(directory + "/go.mod", directory + "/main.go"),
                List.of("sh", "-c", "cd " + directory + " && go build -o peer ."),
                List.of(directory + "/peer"),
                List.of("go", "version"),
                List.of());
    }

    /**
     * One of the programs on tokio, which is built once for all of them. Where Debian's crates are installed cargo takes those;
     * elsewhere it asks the network.
     */
    static Program cargo(String program) {
        String manifest = "tokio/Cargo.toml";
        List<String> build = new ArrayList<>(
                List.of("cargo", "build", "--quiet", "--release", "--bin", program, "--manifest-path", manifest));
        if (Files.isDirectory(DEBIAN_CRATES)) {
            build.addAll(List.of(
                    "--offline",
                    "--config",
                    "source.crates-io.replace-with='debian'",
                    "--config",
                    "source.debian.directory='" + DEBIAN_CRATES + "'"));
        }
        return new ForeignProgram(
                "cargo",
                "cargo librust-tokio-dev",
                List.of(manifest, "tokio/src/bin/" + program + ".rs"),
                build,
                List.of("tokio/target/release/" + program),
                List.of("rustc", "--version"),
                List.of());
    }

    static Program cc(String name) {
        return new ForeignProgram(
                "cc",
                "gcc libc6-dev",
                List.of(name + ".c"),
                List.of("cc", "-O2", "-o", name, name + ".c"),
                List.of("./" + name),
                List.of("cc", "--version"),
                List.of());
    }

    @Override
    public Optional<String> missing() {
        Optional<Path> found =
                tool.startsWith("/") ? Optional.of(Path.of(tool)).filter(Files::isExecutable) : Tool.find(tool);
        if (found.isEmpty()) {
            return Optional.of(tool + " is not installed (Debian: apt-get install " + debian + ")");
        }
        try {
            if (!needs.isEmpty()) {
                Tool.run(Path.of("."), needs);
            }
            return Optional.empty();
        } catch (IOException | InterruptedException failure) {
            return Optional.of(failure.getMessage() + " (Debian: apt-get install " + debian + ")");
        }
    }

    @Override
    public boolean warmsUp() {
        return tool.equals(NODE);
    }

    @Override
    public List<String> command(Jvm jvm, String... args) throws IOException, InterruptedException {
        for (String source : sources) {
            PeerFiles.unpack(source);
        }
        if (!build.isEmpty()) {
            Tool.run(PeerFiles.directory(), build);
        }
        List<String> command = new ArrayList<>();
        for (String word : run) {
            Path file = PeerFiles.directory().resolve(word).normalize();
            command.add(Files.isRegularFile(file) ? file.toString() : word);
        }
        command.addAll(List.of(args));
        return command;
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Tool.run(Path.of("."), tell).lines().findFirst().orElse("");
    }

    private static List<String> with(String tool, List<String> args) {
        List<String> command = new ArrayList<>(List.of(tool));
        command.addAll(args);
        return command;
    }
}
