package io.dl4jext.experiments.optimisers;

import io.dl4jext.experiments.command.EnumName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What papers 3 and 5 report, as it stands in CSV files beside this class. */
public final class PaperNumbers {

    /** The last table of Yotkov. */
    public static final int LAST_TABLE = 6;

    private static final List<String> TITLES = List.of(
            "SGD", "SGD with decay", "SGD with momentum", "SGD with decay and momentum", "AdaGrad", "all methods");

    /** A setting in one of Yotkov's tables, with what its author measured. Immutable. */
    public static final class Row {

        /** Its number, 0 for none. */
        public final int table;

        final Setting setting;

        /** NaN where the paper says "nan". */
        public final double loss;

        public final double accuracy;

        Row(int table, Setting setting, double loss, double accuracy) {
            this.table = table;
            this.setting = setting;
            this.loss = loss;
            this.accuracy = accuracy;
        }

        /** What its trainings are called in {@code runs.csv}. */
        public String name() {
            return setting.toString();
        }

        /** How it is typed behind {@code --also}. */
        public String argument() {
            return setting.argument();
        }

        public int batchSize() {
            return setting.batchSize;
        }

        /** The same with this learning rate, in no table of the paper. */
        public Row withRate(double rate) {
            return without(new Setting(setting.method, rate, rate, setting.batchSize, setting.momentum));
        }

        public double rate() {
            return setting.rate;
        }

        /** A setting that is in no table of the paper. */
        static Row without(Setting setting) {
            return new Row(0, setting, Double.NaN, Double.NaN);
        }
    }

    /** How Daza trained one of its networks and what came out. Immutable. */
    public static final class Model {

        public final int steps;
        public final int batchSize;

        /** Of the test images, as the paper prints it. */
        public final String accuracy;

        private Model(Map<String, String> record) {
            steps = Integer.parseInt(record.get("steps"));
            batchSize = Integer.parseInt(record.get("batch_size"));
            accuracy = record.get("accuracy");
        }
    }

    private PaperNumbers() {}

    public static String title(int table) {
        return "Table " + table + ", " + TITLES.get(table - 1);
    }

    /** All rows of Yotkov's Tables 1 to 6 in their order. */
    public static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Map<String, String> record : read("paper-3-tables.csv")) {
            double rate = number(record.get("learning_rate"), Double.NaN);
            rows.add(new Row(
                    Integer.parseInt(record.get("table")),
                    new Setting(
                            EnumName.parse(Method.class, record.get("method")),
                            rate,
                            number(record.get("final_learning_rate"), rate),
                            Integer.parseInt(record.get("batch_size")),
                            number(record.get("momentum"), 0)),
                    number(record.get("loss"), Double.NaN),
                    number(record.get("accuracy"), Double.NaN)));
        }
        return rows;
    }

    static Map<CifarModel, Model> models() throws IOException {
        Map<CifarModel, Model> models = new EnumMap<>(CifarModel.class);
        for (Map<String, String> record : read("paper-5-accuracies.csv")) {
            models.put(EnumName.parse(CifarModel.class, record.get("model")), new Model(record));
        }
        return models;
    }

    /** The same by the names under which the command {@code optimisers cifar10} knows them. */
    public static Map<String, Model> modelsByName() throws IOException {
        Map<String, Model> models = new LinkedHashMap<>();
        models().forEach((model, numbers) -> models.put(model.toString(), numbers));
        return models;
    }

    private static double number(String text, double otherwise) {
        return text.isEmpty() ? otherwise : text.equals("nan") ? Double.NaN : Double.parseDouble(text);
    }

    /** The rows by the header's names, of a file with {@code #} before comments and without quotes. */
    private static List<Map<String, String>> read(String name) throws IOException {
        List<String> lines;
        try (InputStream stream = PaperNumbers.class.getResourceAsStream(name);
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
