package dev.skein.demos;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What every program here takes: {@code --host}, {@code --port}, {@code --help}. */
final class Options {
    @Option(names = "--host", description = "A name or an address (default: ${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(names = "--port", converter = Port.class, description = "A port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this and ends.")
    @SuppressWarnings("unused") // picocli sees to it
    private boolean help;

    Options(int port) {
        this.port = port;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    private static final class Port implements ITypeConverter<Integer> {
        private static final int LARGEST = 65_535;

        @Override
        public Integer convert(String text) {
            try {
                int port = Integer.parseInt(text);
                if (port >= 0 && port <= LARGEST) {
                    return port;
                }
            } catch (NumberFormatException notANumber) {
                // The same mistake as a number that is not a port.
            }
            throw new TypeConversionException("'" + text + "' is not a port, a number from 0 to " + LARGEST);
        }
    }
}
