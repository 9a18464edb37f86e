package dev.skein.net.http;

import java.net.URI;
import java.util.Locale;

/** The server that a URI names. */
record Origin(String scheme, String host, int port) {
    static Origin of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        int usual = switch (scheme) {
            case "http", "ws" -> 80;
            case "https", "wss" -> 443;
            default -> throw new IllegalArgumentException("scheme is not http, https, ws or wss: " + uri);
        };
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("no host in " + uri);
        }
        String host = uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Origin(scheme, bare, uri.getPort() < 0 ? usual : uri.getPort());
    }

    boolean isSecure() {
        return scheme.equals("https") || scheme.equals("wss");
    }

    /** As the header Host has it. */
    String authority() {
        String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return port == (isSecure() ? 443 : 80) ? name : name + ":" + port;
    }
}
