package dev.skein.perf.report;

import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The report as one page that needs no other file: the same as {@link Markdown}, with the plots. */
public final class Html {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #222 }
            table { border-collapse: collapse; margin: 1em 0; font-size: 13px }
            th, td { border: 1px solid #ccc; padding: 3px 8px; text-align: right }
            th:first-child, td:first-child { text-align: left }
            td.MISSED { background: #fbd5d5 } td.held { background: #d7f2d9 }
            img { max-width: 100%; display: block; margin: 1em 0 }
            """;

    private Html() {}

    /** The whole page. */
    public static String of(Results results) throws IOException {
        StringBuilder page = new StringBuilder("<!doctype html><html lang=en><meta charset=utf-8>");
        page.append("<title>Skein measured</title><style>").append(STYLE).append("</style><h1>Skein measured</h1>");
        paragraph(page, results.date() + ", " + results.commands());
        heading(page, "Bars");
        table(page, Markdown.barCells(results));
        results.doubts().forEach(doubt -> paragraph(page, doubt));
        for (Map.Entry<String, List<Row>> table : results.tables().entrySet()) {
            heading(page, table.getKey());
            table(page, Markdown.cells(table.getValue()));
            List<List<String>> ratios = Markdown.ratioCells(table.getValue());
            if (!ratios.isEmpty()) {
                table(page, ratios);
            }
            plots(page, Plots.of(table.getKey(), table.getValue()));
        }
        list(page, "Failed", results.failed());
        list(page, "Not measured", results.skipped());
        list(page, "Machine", entries(results.machine()));
        list(page, "Versions", entries(results.versions()));
        paragraph(
                page,
                "Medians, with their confidence intervals of 95 %. Ratios are Skein / peer, of neighbouring rounds.");
        return page.append("</html>\n").toString();
    }

    private static void plots(StringBuilder page, Map<String, byte[]> plots) {
        plots.forEach((title, png) -> page.append("<img alt=\"")
                .append(escape(title))
                .append("\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(png))
                .append("\">"));
    }

    private static void table(StringBuilder page, List<List<String>> cells) {
        page.append("<table>");
        String tag = "th";
        for (List<String> line : cells) {
            page.append("<tr>");
            for (String cell : line) {
                String style =
                        cell.startsWith("held") ? " class=held" : cell.startsWith("MISSED") ? " class=MISSED" : "";
                page.append('<').append(tag).append(style).append('>').append(escape(cell));
            }
            tag = "td";
        }
        page.append("</table>");
    }

    private static List<String> entries(Map<String, String> entries) {
        return entries.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .toList();
    }

    private static void list(StringBuilder page, String title, List<String> items) {
        if (!items.isEmpty()) {
            heading(page, title);
            page.append("<ul>");
            items.forEach(item -> page.append("<li>").append(escape(item)));
            page.append("</ul>");
        }
    }

    private static void heading(StringBuilder page, String text) {
        page.append("<h2>").append(escape(text)).append("</h2>");
    }

    private static void paragraph(StringBuilder page, String text) {
        page.append("<p>").append(escape(text)).append("</p>");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
