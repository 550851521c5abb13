package io.dl4jext.experiments.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.datavec.api.writable.Writable;

/**
 * A table of numbers in the manner of the UCI repository, read through DataVec's {@code CSVRecordReader}: comma
 * separated, one example a row, the label last; plain or with {@code .gz}.
 *
 * <p>The first row that is not blank is taken for a header if a word stands before its last column; a missing value (an
 * empty cell or {@code ?}) is no word. Blank lines and a byte-order mark are passed over. Labels are whole numbers or
 * words; they become 0, 1, 2, … in ascending order.
 *
 * <p>DataVec has no line for what is wrong with a value, and one object for each of them: rows are checked here and
 * kept as floats.
 */
public final class CsvTable {

    /** What a row takes besides its values: arrays, a label's text, and their places in lists. */
    private static final int LINE_BYTES = 128;

    /** A value is held twice while rows become examples. */
    private static final long VALUE_BYTES = 2 * Float.BYTES;

    /** The values of all training rows become one array. */
    private static final long MOST_BYTES = VALUE_BYTES * (Integer.MAX_VALUE - 8);

    /** What becomes of a row with a missing value. */
    public enum Missing {
        /** It is a fault of the file. */
        ERROR,
        /** The row is left out. */
        DROP,
        /** The feature's mean over the training rows stands in; a missing label is a fault all the same. */
        MEAN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** More different labels are a quantity, not classes; so are more than {@link #FEW} with few rows each. */
    private static final int MOST_NUMERIC_CLASSES = 100;

    private static final int MOST_CLASSES = 1000;
    private static final int FEW = 20;
    private static final int ROWS_A_CLASS = 5;

    /** What becomes of bytes that are no UTF-8; classes that differ in them would be one. */
    private static final char MALFORMED = '\uFFFD';

    private final String name;

    /** Missing values are NaN. */
    private final List<float[]> rows = new ArrayList<>();

    private final List<Integer> labels = new ArrayList<>();
    private int classes;

    private CsvTable(String name) {
        this.name = name;
    }

    /**
     * Reads a table and splits it at random: a share for testing, the rest for training. Every feature is then
     * standardised to mean 0 and standard deviation 1 (that of the population) of the training rows, however large or
     * small its values and their differences are; one that is constant over the training rows becomes 0 in all rows.
     *
     * @param testShare the share of the rows for testing, 0 &lt; testShare &lt; 1
     * @param seed of the split
     * @throws DataFileException when the file is missing, a row has a word, a number too large for a float or another
     *     number of columns, a value is missing where none may be, or the labels are no classes
     */
    public static ImageSet read(Path file, double testShare, long seed, Missing missing) throws IOException {
        return read(file, TestShare.nearest(testShare), seed, missing);
    }

    /** The same with a share that says how it becomes a number of rows. */
    public static ImageSet read(Path file, TestShare testShare, long seed, Missing missing) throws IOException {
        CsvTable table;
        try (DataFile data = DataFile.open(file)) {
            table = read(data, missing);
        }
        return table.standardisedSet(TableFiles.tableName(file), testShare, seed);
    }

    /** Reads the table as it is. */
    static CsvTable read(DataFile file, Missing missing) throws IOException {
        CsvTable table = new CsvTable(file.name());
        List<String> labelNames = new ArrayList<>();
        int columns = -1;
        boolean first = true;
        try (CSVRecordReader reader = new CSVRecordReader()) {
            initialize(reader, file.textStream());
            int line = 0;
            long room = DataFile.room();
            long taken = 0;
            for (List<Writable> record; (record = next(reader, file)) != null; ) {
                line++;
                // A blank line counts as well: gzip packs a thousand millions of them into one megabyte.
                taken += LINE_BYTES + VALUE_BYTES * record.size();
                if (taken > room || taken > MOST_BYTES) {
                    throw file.fault(DataFile.tooLarge(Math.min(room, MOST_BYTES), "more by line " + line));
                }
                if (record.isEmpty()
                        || (record.size() == 1 && record.get(0).toString().isBlank())) {
                    continue;
                }
                boolean header = first && isHeader(record);
                first = false;
                if (header) {
                    continue;
                }
                if (columns < 0) {
                    columns = record.size();
                    if (columns < 2) {
                        throw file.fault("expected at least one feature and a label in line " + line + ", found "
                                + columns + " column");
                    }
                } else if (record.size() != columns) {
                    throw file.fault("expected " + columns + " columns in line " + line + ", found " + record.size());
                }
                if (missing == Missing.DROP && record.stream().anyMatch(cell -> isMissing(cell.toString()))) {
                    continue;
                }
                table.rows.add(features(file, record, line, missing));
                String label = label(file, record, line);
                taken += label.length();
                labelNames.add(label);
            }
        }
        if (table.rows.isEmpty()) {
            throw file.fault("expected rows of numbers, found none");
        }
        table.numberLabels(file, labelNames);
        return table;
    }

    /** A random split with every feature standardised. */
    ImageSet standardisedSet(String setName, TestShare testShare, long seed) throws DataFileException {
        Split split = split(testShare, seed);
        standardise(split.train);
        return toSet(setName, new ImageShape(1, 1, rows.get(0).length), split);
    }

    /** Sets a random share of the rows aside for testing. */
    Split split(TestShare testShare, long seed) throws DataFileException {
        int testSize = testShare.of(rows.size());
        if (testSize < 1 || testSize >= rows.size()) {
            throw new DataFileException(
                    name, "expected enough rows to set some aside for testing, found " + rows.size());
        }
        int[] order = Shuffle.permutation(rows.size(), new SplittableRandom(seed));
        return new Split(Arrays.copyOfRange(order, testSize, order.length), Arrays.copyOfRange(order, 0, testSize));
    }

    ImageSet toSet(String setName, ImageShape shape, Split split) {
        return new ImageSet(setName, examples(shape, split.train), examples(shape, split.test));
    }

    /** Multiplies every feature. */
    void scale(float factor) {
        for (float[] row : rows) {
            for (int c = 0; c < row.length; c++) {
                row[c] *= factor;
            }
        }
    }

    /**
     * Missing values become the mean over {@code training}; then all rows are standardised by these. In double, the
     * mean first: a float has too few digits for the sum of a column of dates, and too small a range for the squares of
     * large or small values.
     */
    private void standardise(int[] training) {
        for (int c = 0; c < rows.get(0).length; c++) {
            int column = c;
            double[] known = Arrays.stream(training)
                    .mapToDouble(row -> rows.get(row)[column])
                    .filter(value -> !Double.isNaN(value))
                    .toArray();
            DoubleSummaryStatistics summary = Arrays.stream(known).summaryStatistics();
            // Not by the deviation, which rounding may leave above 0. True where all are missing.
            boolean constant = summary.getMin() >= summary.getMax();
            double mean = summary.getAverage();
            double deviation = Math.sqrt(Arrays.stream(known)
                            .map(value -> (value - mean) * (value - mean))
                            .sum()
                    / training.length);
            for (float[] row : rows) {
                boolean atMean = constant || Float.isNaN(row[column]);
                row[column] = atMean ? 0 : (float) ((row[column] - mean) / deviation);
            }
        }
    }

    private Examples examples(ImageShape shape, int[] chosen) {
        int columns = shape.size();
        float[] values = new float[chosen.length * columns];
        int[] classOf = new int[chosen.length];
        for (int i = 0; i < classOf.length; i++) {
            System.arraycopy(rows.get(chosen[i]), 0, values, i * columns, columns);
            classOf[i] = labels.get(chosen[i]);
        }
        return Examples.ofFloats(shape, classes, values, classOf);
    }

    private void numberLabels(DataFile file, List<String> names) throws DataFileException {
        boolean allNumbers = names.stream().allMatch(CsvTable::isNumber);
        TreeMap<String, Integer> classOf = allNumbers
                ? new TreeMap<>((a, b) -> Double.compare(Double.parseDouble(a), Double.parseDouble(b)))
                : new TreeMap<>();
        for (int row = 0; row < names.size(); row++) {
            String label = names.get(row);
            if (allNumbers && Double.parseDouble(label) != Math.rint(Double.parseDouble(label))) {
                throw file.fault("expected a class in the last column, found " + DataFile.quoted(label) + " in row "
                        + (row + 1));
            }
            classOf.put(label, 0);
        }
        classes = classOf.size();
        if (classes < 2) {
            throw file.fault("expected at least two classes in the last column, found " + classes + " ("
                    + DataFile.quoted(names.get(0)) + ")");
        }
        if (classes > (allNumbers ? MOST_NUMERIC_CLASSES : MOST_CLASSES)
                || classes > FEW && classes > names.size() / ROWS_A_CLASS) {
            throw file.fault("expected a class in the last column, found " + classes + " different values in "
                    + names.size() + " rows: this looks like a quantity or a name, not a class");
        }
        int next = 0;
        for (String label : classOf.keySet()) {
            classOf.put(label, next++);
        }
        names.forEach(label -> labels.add(classOf.get(label)));
    }

    private static void initialize(CSVRecordReader reader, InputStream in) throws IOException {
        try {
            reader.initialize(new InputStreamInputSplit(in));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        }
    }

    /** The next row, or null. DataVec wraps what goes wrong below it; the fault of the file is what the user needs. */
    private static List<Writable> next(CSVRecordReader reader, DataFile file) throws IOException {
        try {
            return reader.hasNext() ? reader.next() : null;
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof DataFileException) {
                    throw (DataFileException) cause;
                }
            }
            throw file.fault("expected comma separated text: " + e.getMessage());
        }
    }

    private static boolean isHeader(List<Writable> record) {
        return record.subList(0, record.size() - 1).stream()
                .map(Writable::toString)
                .anyMatch(cell -> !isMissing(cell) && number(cell) == null && !isJavaLiteral(cell));
    }

    private static float[] features(DataFile file, List<Writable> record, int line, Missing missing)
            throws DataFileException {
        float[] row = new float[record.size() - 1];
        for (int c = 0; c < row.length; c++) {
            String cell = record.get(c).toString().trim();
            boolean gap = isMissing(cell);
            if (gap
                    ? missing == Missing.ERROR
                    : number(cell) == null || number(cell).isNaN()) {
                throw fault(file, gap ? "a number, not a missing value," : "a number", line, c, cell);
            }
            row[c] = gap ? Float.NaN : Float.parseFloat(cell);
            if (Float.isInfinite(row[c])) {
                throw fault(file, "a number of at most 3.4e38 (a float)", line, c, cell);
            }
        }
        return row;
    }

    private static String label(DataFile file, List<Writable> record, int line) throws DataFileException {
        int column = record.size() - 1;
        String cell = record.get(column).toString().trim();
        if (isMissing(cell)) {
            throw fault(file, "a class, not a missing value,", line, column, cell);
        }
        if (cell.indexOf(MALFORMED) >= 0) {
            throw fault(file, "a class in UTF-8", line, column, cell);
        }
        return cell;
    }

    private static DataFileException fault(DataFile file, String expected, int line, int column, String cell) {
        return file.fault("expected " + expected + " in line " + line + ", column " + (column + 1) + ", found "
                + DataFile.quoted(cell));
    }

    /** As the UCI repository and spreadsheets leave it. */
    private static boolean isMissing(String cell) {
        return cell.isBlank() || cell.trim().equals("?");
    }

    private static boolean isNumber(String text) {
        Double number = number(text);
        return number != null && Double.isFinite(number);
    }

    /** Null for a word. */
    private static Double number(String text) {
        return isJavaLiteral(text) ? null : parsed(text);
    }

    /** A number as only Java writes it: 1d, 0x1p3. */
    private static boolean isJavaLiteral(String text) {
        return parsed(text) != null && text.trim().matches(".*[xX].*|.*[dDfF]");
    }

    private static Double parsed(String text) {
        try {
            return Double.valueOf(text.trim());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Numbers of rows. */
    static final class Split {

        private final int[] train;
        private final int[] test;

        private Split(int[] train, int[] test) {
            this.train = train;
            this.test = test;
        }
    }
}
