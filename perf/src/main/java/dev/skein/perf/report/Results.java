package dev.skein.perf.report;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a run found, as it is written for machines.
 *
 * @param date when it began, as ISO 8601 has it
 * @param commands how it was started
 * @param machine what it ran on: name and value
 * @param versions of the peers: label and version
 * @param rows what was measured
 * @param skipped what was not, and why
 * @param failed what was tried, and why it gave nothing
 * @param doubts what a reader must know before believing the figures
 */
public record Results(
        String date,
        String commands,
        Map<String, String> machine,
        Map<String, String> versions,
        List<Row> rows,
        List<String> skipped,
        List<String> failed,
        List<String> doubts) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * What {@link #write} wrote.
     *
     * @throws IOException if it is not a file of such results, with its name
     */
    public static Results read(Path file) throws IOException {
        try {
            return JSON.readValue(file.toFile(), Results.class);
        } catch (IOException failure) {
            throw new IOException("cannot read the results in " + file + ": " + failure.getMessage(), failure);
        }
    }

    /** As JSON. */
    public void write(Path file) throws IOException {
        JSON.writeValue(file.toFile(), this);
    }

    /** The rows by scenario and load, in the order in which they were measured. */
    Map<String, List<Row>> tables() {
        Map<String, List<Row>> tables = new LinkedHashMap<>();
        for (Row row : rows) {
            tables.computeIfAbsent(row.table(), name -> new ArrayList<>()).add(row);
        }
        return tables;
    }

    Optional<Row> find(String scenario, String load, String peer) {
        return rows.stream()
                .filter(row -> row.scenario().equals(scenario)
                        && row.load().startsWith(load)
                        && row.peer().equals(peer))
                .findFirst();
    }
}
