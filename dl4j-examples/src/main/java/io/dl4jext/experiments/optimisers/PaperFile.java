package io.dl4jext.experiments.optimisers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a paper reports, as a small CSV file beside this class: comments with {@code #}, a header, rows without quotes. */
final class PaperFile {

    private PaperFile() {}

    /** The rows, by the header's names. */
    static List<Map<String, String>> read(String name) throws IOException {
        List<String> lines;
        try (InputStream stream = PaperFile.class.getResourceAsStream(name);
                BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            lines = reader.lines().filter(line -> !line.startsWith("#")).collect(Collectors.toList());
        }
        String[] header = lines.get(0).split(",");
        List<Map<String, String>> records = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            if (cells.length != header.length) {
                throw new IOException(name + ": expected " + header.length + " cells, found '" + line + "'");
            }
            Map<String, String> record = new LinkedHashMap<>();
            for (int i = 0; i < header.length; i++) {
                record.put(header[i], cells[i]);
            }
            records.add(record);
        }
        return records;
    }
}
