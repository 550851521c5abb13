package io.dl4jext.experiments.data;

import io.dl4jext.experiments.data.CsvLines.Line;
import java.io.IOException;
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
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of numbers in the manner of the UCI repository: comma separated, one example a row, the label last; plain or
 * with {@code .gz}.
 *
 * <p>The first row that is not blank is taken for a header, which the log says once, if a word stands before its last
 * column; a missing value (an empty cell or {@code ?}) is no word, nor is what other programs write for one
 * ({@code NA}). Its last column may have no name if the next row has a label. One of numbers, as pandas writes it, is
 * known by its label: a word where all others are numbers, a number where all others are words, or that of the column,
 * as all of the row are (0, 1, 2, …, behind an index without a name, too), and no other row's. Blank lines and a
 * byte-order mark are passed over. Labels are whole numbers or words; they become 0, 1, 2, … in ascending order.
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
        Labelled rows = new Labelled(file, missing);
        try (CsvLines lines = new CsvLines(file, VALUE_BYTES, MOST_BYTES)) {
            Line top = lines.next();
            Line next = top == null ? null : lines.next();
            if (top != null) {
                rows.addAll(top, next, lines);
            }
        }
        if (rows.values.isEmpty()) {
            throw file.fault("expected rows of numbers, found none");
        }
        table.rows.addAll(rows.values);
        table.numberLabels(file, rows.labels);
        return table;
    }

    /** Rows as they are read: features, and labels as their texts. */
    private static final class Labelled {

        private final DataFile file;
        private final Missing missing;
        private final List<double[]> values = new ArrayList<>();
        private final List<String> labels = new ArrayList<>();
        private int columns = -1;

        Labelled(DataFile file, Missing missing) {
            this.file = file;
            this.missing = missing;
        }

        /** All rows but a header. */
        void addAll(Line top, Line next, CsvLines lines) throws IOException {
            if (isHeader(top, next)) {
                tellHeader(file, top);
                addRest(next, lines);
                return;
            }
            requireColumns(top);
            // Numbered columns behind an index that has no name: a header or a gap, which the other labels tell.
            boolean open = top.cell(0).isEmpty() && next != null;
            boolean added = !open && add(0, top);
            addRest(next, lines);
            boolean header = (added || open) && isHeaderOfNumbers(top, labels.subList(added ? 1 : 0, labels.size()));
            if (header) {
                tellHeader(file, top);
            }
            if (header && added) {
                values.remove(0);
                labels.remove(0);
            } else if (!header && open) {
                add(0, top);
            }
        }

        private void addRest(Line next, CsvLines lines) throws IOException {
            for (Line line = next; line != null; line = lines.next()) {
                requireColumns(line);
                add(values.size(), line);
            }
        }

        private void requireColumns(Line line) throws DataFileException {
            if (columns < 0) {
                columns = line.columns();
                if (columns < 2) {
                    throw file.fault("expected at least one feature and a label in line " + line.number() + ", found "
                            + columns + " column");
                }
            } else if (line.columns() != columns) {
                throw file.fault(
                        "expected " + columns + " columns in line " + line.number() + ", found " + line.columns());
            }
        }

        /** False where the row is left out. */
        private boolean add(int place, Line line) throws DataFileException {
            if (missing == Missing.DROP
                    && (isMissing(line.last()) || line.features().stream().anyMatch(CsvTable::isMissing))) {
                return false;
            }
            String label = label(file, line);
            values.add(place, features(file, line, missing));
            labels.add(place, label);
            return true;
        }
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

    /**
     * Whether words stand before the last column. Where that has no name the next row has a label: with a comma behind
     * each row, labels are words before the last column.
     */
    private static boolean isHeader(Line top, Line next) {
        boolean labelled =
                !isMissing(top.last()) || next != null && next.columns() == top.columns() && !isMissing(next.last());
        return labelled
                && top.features().stream()
                        .anyMatch(cell -> !isMissing(cell)
                                && number(cell) == null
                                && !isJavaLiteral(cell)
                                && !MISSING_ELSEWHERE.contains(cell.trim().toLowerCase(Locale.ROOT)));
    }

    /**
     * Whether the label of the first row is of another kind than all others, or its cells are the columns' numbers and
     * no other label is its own.
     */
    private static boolean isHeaderOfNumbers(Line top, List<String> others) {
        String own = top.last();
        return !others.isEmpty()
                && (isNumbered(top)
                        ? others.stream().noneMatch(own::equals)
                        : others.stream().noneMatch(label -> isNumber(label) == isNumber(own)));
    }

    /** 0, 1, 2, …; behind an index without a name the last column may have a word for one. */
    private static boolean isNumbered(Line top) {
        int first = top.cell(0).isEmpty() ? 1 : 0;
        int end = first > 0 && !isNumber(top.last()) ? top.columns() - 1 : top.columns();
        return first < end
                && IntStream.range(first, end).allMatch(c -> top.cell(c).equals(String.valueOf(c - first)));
    }

    private static void tellHeader(DataFile file, Line line) {
        if (TOLD.add(file.name())) {
            log.info("{}: line {} taken for a header: {}", file.name(), line.number(), DataFile.quoted(line.text()));
        }
    }

    private static double[] features(DataFile file, Line line, Missing missing) throws DataFileException {
        double[] row = new double[line.columns() - 1];
        for (int c = 0; c < row.length; c++) {
            String cell = line.cell(c);
            boolean gap = isMissing(cell);
            if (gap
                    ? missing == Missing.ERROR
                    : number(cell) == null || number(cell).isNaN()) {
                throw fault(file, gap ? "a number, not a missing value," : "a number", line, c);
            }
            row[c] = gap ? Double.NaN : Double.parseDouble(cell);
            if (Float.isInfinite((float) row[c])) {
                throw fault(file, "a number of at most 3.4e38 (a float)", line, c);
            }
        }
        return row;
    }

    private static String label(DataFile file, Line line) throws DataFileException {
        int column = line.columns() - 1;
        String cell = line.last();
        if (isMissing(cell)) {
            throw fault(file, "a class, not a missing value,", line, column);
        }
        if (cell.equalsIgnoreCase("nan") || number(cell) != null && number(cell).isNaN()) {
            throw fault(file, "a class", line, column);
        }
        if (cell.indexOf(MALFORMED) >= 0) {
            throw fault(file, "a class in UTF-8", line, column);
        }
        return cell;
    }

    private static DataFileException fault(DataFile file, String expected, Line line, int column) {
        return file.fault("expected " + expected + " in line " + line.number() + ", column " + (column + 1) + ", found "
                + DataFile.quoted(line.cell(column)));
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
