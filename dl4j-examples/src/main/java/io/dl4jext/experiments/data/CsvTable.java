package io.dl4jext.experiments.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.datavec.api.writable.Writable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of numbers in the manner of the UCI repository, read through DataVec's {@code CSVRecordReader}: comma
 * separated, one example a row, the label last; plain or with {@code .gz}.
 *
 * <p>The first row that is not blank is taken for a header, which the log says once, if a word stands before its last
 * column; a missing value (an empty cell or {@code ?}) is no word, nor is what other programs write for one
 * ({@code NA}). One of numbers, as pandas writes it, is known by its label: a word where all others are numbers, a
 * number where all others are words, or that of the column, as all of the row are (0, 1, 2, …), and no other row's.
 * Blank lines and a byte-order mark are passed over. Labels are whole numbers or words; they become 0, 1, 2, … in
 * ascending order.
 *
 * <p>DataVec has no line for what is wrong with a value, and one object for each of them: rows are checked here, and
 * kept as doubles until they are standardised.
 */
public final class CsvTable {

    private static final Logger log = LoggerFactory.getLogger(CsvTable.class);

    /** The files whose headers have been told of; a table is read once for each seed. */
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    /** What programs that write tables have for a missing value; not for a column's name. */
    private static final Set<String> MISSING_ELSEWHERE = Set.of("na", "n/a", "nan", "null", "none");

    /** What a row takes besides its values: arrays, a label's text, and their places in lists. */
    private static final int LINE_BYTES = 128;

    /** A value is held twice while rows become examples, which have floats. */
    private static final long VALUE_BYTES = Double.BYTES + Float.BYTES;

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

    /** Of the values: with a smaller range a float would not tell them apart. */
    private static final double SMALL_RANGE = 0x1p-24;

    /** What becomes of bytes that are no UTF-8; classes that differ in them would be one. */
    private static final char MALFORMED = '\uFFFD';

    private final String name;

    /** Missing values are NaN. */
    private final List<double[]> rows = new ArrayList<>();

    private final List<Integer> labels = new ArrayList<>();
    private int classes;

    private CsvTable(String name) {
        this.name = name;
    }

    /**
     * Reads a table and splits it at random: a share for testing, the rest for training. Every feature is then
     * standardised to mean 0 and standard deviation 1 (that of the population) of the training rows, however large or
     * small its values and their differences are, as far as a double tells them apart; one that is constant over the
     * training rows becomes 0 in all rows.
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
        int topLine = 0;
        List<Writable> top = null;
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
                boolean atTop = first;
                first = false;
                if (atTop && isHeader(record)) {
                    tellHeader(file, line, record);
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
                String label = label(file, record, line);
                table.rows.add(features(file, record, line, missing));
                taken += label.length();
                labelNames.add(label);
                if (atTop) {
                    topLine = line;
                    top = record;
                }
            }
        }
        if (top != null && isHeaderOfNumbers(top, labelNames)) {
            tellHeader(file, topLine, top);
            table.rows.remove(0);
            labelNames.remove(0);
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
        for (double[] row : rows) {
            for (int c = 0; c < row.length; c++) {
                row[c] *= factor;
            }
        }
    }

    /**
     * Missing values become the mean over {@code training}; then all rows are standardised by these. The mean first,
     * in double: a float has too few digits for a column of dates. Before it the smallest value, which costs no digit,
     * where the mean itself would be rounded too coarsely. In units of the power of two below the range, which costs
     * none either: the squares of very small differences would be 0.
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
            double range = summary.getMax() - summary.getMin();
            double largest = Math.max(Math.abs(summary.getMin()), Math.abs(summary.getMax()));
            double origin = range < largest * SMALL_RANGE ? summary.getMin() : 0;
            double mean = Arrays.stream(known)
                    .map(value -> value - origin)
                    .summaryStatistics()
                    .getAverage();
            int unit = Math.getExponent(range);
            double deviation = Math.sqrt(Arrays.stream(known)
                            .map(value -> Math.scalb(value - origin - mean, -unit))
                            .map(difference -> difference * difference)
                            .sum()
                    / training.length);
            for (double[] row : rows) {
                boolean atMean = constant || Double.isNaN(row[column]);
                row[column] = atMean ? 0 : Math.scalb(row[column] - origin - mean, -unit) / deviation;
            }
        }
    }

    private Examples examples(ImageShape shape, int[] chosen) {
        int columns = shape.size();
        float[] values = new float[chosen.length * columns];
        int[] classOf = new int[chosen.length];
        for (int i = 0; i < classOf.length; i++) {
            double[] row = rows.get(chosen[i]);
            for (int c = 0; c < columns; c++) {
                values[i * columns + c] = (float) row[c];
            }
            classOf[i] = labels.get(chosen[i]);
        }
        return Examples.ofFloats(shape, classes, values, classOf);
    }

    private void numberLabels(DataFile file, List<String> names) throws DataFileException {
        boolean allNumbers = names.stream().allMatch(CsvTable::isNumber);
        TreeMap<String, Integer> classOf =
                allNumbers ? new TreeMap<>((a, b) -> Double.compare(classNumber(a), classNumber(b))) : new TreeMap<>();
        for (int row = 0; row < names.size(); row++) {
            String label = names.get(row);
            if (allNumbers && classNumber(label) != Math.rint(classNumber(label))) {
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

    /** −0 is 0, which comparing doubles tells apart. */
    private static double classNumber(String label) {
        return Double.parseDouble(label) + 0.0;
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

    /** None whose last column is empty: with a comma behind each row, labels are words before the last column. */
    private static boolean isHeader(List<Writable> record) {
        int last = record.size() - 1;
        return !isMissing(record.get(last).toString())
                && record.subList(0, last).stream()
                        .map(Writable::toString)
                        .anyMatch(cell -> !isMissing(cell)
                                && number(cell) == null
                                && !isJavaLiteral(cell)
                                && !MISSING_ELSEWHERE.contains(cell.trim().toLowerCase(Locale.ROOT)));
    }

    /** Whether the label of the first row is of another kind than all others, or its cells are the columns' numbers. */
    private static boolean isHeaderOfNumbers(List<Writable> top, List<String> labels) {
        String own = labels.get(0);
        List<String> others = labels.subList(1, labels.size());
        boolean numbered = IntStream.range(0, top.size())
                .allMatch(c -> top.get(c).toString().trim().equals(String.valueOf(c)));
        return !others.isEmpty()
                && (numbered
                        ? others.stream().noneMatch(own::equals)
                        : others.stream().noneMatch(label -> isNumber(label) == isNumber(own)));
    }

    private static void tellHeader(DataFile file, int line, List<Writable> record) {
        if (TOLD.add(file.name())) {
            String text = record.stream().map(Writable::toString).collect(Collectors.joining(","));
            log.info("{}: line {} taken for a header: {}", file.name(), line, DataFile.quoted(text));
        }
    }

    private static double[] features(DataFile file, List<Writable> record, int line, Missing missing)
            throws DataFileException {
        double[] row = new double[record.size() - 1];
        for (int c = 0; c < row.length; c++) {
            String cell = record.get(c).toString().trim();
            boolean gap = isMissing(cell);
            if (gap
                    ? missing == Missing.ERROR
                    : number(cell) == null || number(cell).isNaN()) {
                throw fault(file, gap ? "a number, not a missing value," : "a number", line, c, cell);
            }
            row[c] = gap ? Double.NaN : Double.parseDouble(cell);
            if (Float.isInfinite((float) row[c])) {
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
        if (cell.equalsIgnoreCase("nan") || number(cell) != null && number(cell).isNaN()) {
            throw fault(file, "a class", line, column, cell);
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
