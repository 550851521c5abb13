package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTableTest {

    private static final String ROWS = "1,10,0\n2,10,1\n3,10,0\n4,10,1\n5,10,2\n";

    @TempDir
    Path folder;

    @Test
    void tableWithoutHeader() throws IOException {
        ImageSet set = read(ROWS);
        assertThat(set.toString()).isEqualTo("table: 4 training and 1 test examples, 1x1x2, 3 classes");
    }

    @Test
    void headerIsPassedOver() throws IOException {
        assertThat(read("length,width,class\n" + ROWS).train().size()).isEqualTo(4);
        // scikit-learn's iris: rows, features, class names.
        assertThat(read("5,2,setosa,versicolor\n" + ROWS).train().size()).isEqualTo(4);
    }

    @Test
    void emptyLinesAndSpacesArePassedOver() throws IOException {
        assertThat(read("1, 10, 0\n\n2, 10, 1\n3,10,0\n4,10,1\n5,10,2\n\n")
                        .train()
                        .size())
                .isEqualTo(4);
    }

    @Test
    void gzippedTable() throws IOException {
        Path file = folder.resolve("table.csv.gz");
        Files.write(file, IdxWriter.gzip(ROWS.getBytes(StandardCharsets.UTF_8)));
        assertThat(CsvTable.read(file, 0.2, 1, CsvTable.Missing.ERROR).name()).isEqualTo("table");
    }

    @Test
    void truncatedGzipIsNamed() throws IOException {
        byte[] zipped = IdxWriter.gzip(ROWS.repeat(5000).getBytes(StandardCharsets.UTF_8));
        Path file = folder.resolve("table.csv.gz");
        Files.write(file, Arrays.copyOf(zipped, zipped.length / 2));
        assertThatThrownBy(() -> CsvTable.read(file, 0.2, 1, CsvTable.Missing.ERROR))
                .isInstanceOf(DataFileException.class)
                .hasMessageContainingAll("table.csv.gz", "truncated");
    }

    @Test
    void featuresAreStandardisedByTheTrainingRows() throws IOException {
        ImageSet set = read(ROWS);
        double sum = 0;
        double squares = 0;
        float[] row = new float[2];
        for (int i = 0; i < 4; i++) {
            set.train().copyTo(i, row, 0);
            sum += row[0];
            squares += row[0] * row[0];
            assertThat(row[1]).isZero(); // a constant
        }
        assertThat(sum).isEqualTo(0, within(1e-6));
        assertThat(squares / 4).isEqualTo(1, within(1e-6));
    }

    /** Days since the year 0, small shares, flags on top of an amount; the smallest and largest floats. */
    @ParameterizedTest
    @CsvSource({"7380000, 1", "0, 1e-7", "100000, 1", "-1e12, 1e6", "0, 1e-40", "0, -4e36"})
    void columnsOfAnySizeAreStandardised(double start, double step) throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            int value = i * 37 % 80;
            rows.append(
                    (float) (start + step * value) + "," + (float) (start + step * (value % 2)) + "," + i % 2 + "\n");
        }
        ImageSet set = read(rows.toString());
        float[] row = new float[2];
        double[] sum = new double[2];
        double[] squares = new double[2];
        for (int i = 0; i < 80; i++) {
            set.train().copyTo(i, row, 0);
            for (int c = 0; c < 2; c++) {
                sum[c] += row[c];
                squares[c] += row[c] * row[c];
            }
        }
        assertThat(sum).containsExactly(new double[2], within(1e-4));
        assertThat(squares).containsExactly(new double[] {80, 80}, within(1e-4));
    }

    /** Seconds since 1970, half a minute apart; numbers and places that a float does not tell apart; tiny shares. */
    @ParameterizedTest
    @CsvSource({
        "1700000000, 1",
        "16777216, 1",
        "100000000.5, 3",
        "9007199254740900, 2",
        "-1700000000.25, 0.5",
        "0, 1e-60",
        "0, 1e-300",
        "1, 1e-10"
    })
    void whatADoubleTellsApartIsKept(double start, double step) throws IOException {
        StringBuilder shifted = new StringBuilder();
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            int value = i * 7 % 20;
            shifted.append(start + step * value).append(',').append(i % 2).append('\n');
            plain.append(value).append(',').append(i % 2).append('\n');
        }
        List<Float> expected = all(read(plain.toString()));
        List<Float> actual = all(read(shifted.toString()));
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).as("value " + i).isCloseTo(expected.get(i), within(1e-5f));
        }
    }

    /** The very floats that came of rows of floats, wherever these held the numbers of the file. */
    @Test
    void numbersThatAFloatHoldsAreStandardisedAsEver() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            rows.append(i * 13 % 29 - 7).append(',').append(i % 3).append('\n');
        }
        Path file = Files.writeString(folder.resolve("table.csv"), rows);
        float[] values = new float[50];
        try (DataFile data = DataFile.open(file)) {
            CsvTable table = CsvTable.read(data, CsvTable.Missing.ERROR);
            ImageSet raw = table.toSet("raw", new ImageShape(1, 1, 1), table.split(TestShare.nearest(0.2), 1));
            for (int i = 0; i < 50; i++) {
                values[i] = all(raw).get(i);
            }
        }
        double mean = IntStream.range(0, 40)
                .mapToDouble(i -> values[i])
                .summaryStatistics()
                .getAverage();
        double deviation = Math.sqrt(IntStream.range(0, 40)
                        .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
                        .sum()
                / 40);
        List<Float> standardised = all(read(rows.toString()));
        for (int i = 0; i < 50; i++) {
            assertThat(standardised.get(i)).isEqualTo((float) ((values[i] - mean) / deviation));
        }
    }

    /** The mean of 0.1f, rounded, need not be 0.1f; and a test row may differ. */
    @Test
    void aColumnConstantOverTheTrainingRowsIsZeroInAllRows() throws IOException {
        Path file = Files.writeString(
                folder.resolve("table.csv"),
                "0.1,-0.0,?,0\n".repeat(33) + "0.1,0.0,?,1\n".repeat(33) + "0.1,0,?,0\n".repeat(34));
        ImageSet set = CsvTable.read(file, 0.2, 1, CsvTable.Missing.MEAN);
        assertThat(all(set)).hasSize(300).containsOnly(0f);
        // Five rows, of which one is for testing: where it is the one that differs, it is as the others.
        int tested = 0;
        for (int odd = 0; odd < 5; odd++) {
            StringBuilder rows = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                rows.append(i == odd ? 7 : 3).append(',').append(i % 2).append('\n');
            }
            boolean zero = all(read(rows.toString())).stream().allMatch(value -> value == 0);
            tested += zero ? 1 : 0;
        }
        assertThat(tested).isEqualTo(1);
    }

    private static List<Float> all(ImageSet set) {
        List<Float> values = new ArrayList<>();
        for (Examples part : new Examples[] {set.train(), set.test()}) {
            float[] row = new float[part.shape().size()];
            for (int i = 0; i < part.size(); i++) {
                part.copyTo(i, row, 0);
                for (float value : row) {
                    values.add(value);
                }
            }
        }
        return values;
    }

    /** As many rows as the UCI set cardiotocography-10clases: rounded, the last batch of 100 would be a single row. */
    @Test
    void aShareSaysHowItIsRounded() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 2126; i++) {
            rows.append(i % 7).append(',').append(i % 3).append('\n');
        }
        Path file = Files.writeString(folder.resolve("table.csv"), rows);
        assertThat(CsvTable.read(file, 0.2, 1, CsvTable.Missing.ERROR).toString())
                .contains("1701 training and 425 test examples");
        assertThat(CsvTable.read(file, TestShare.besides(0.8), 1, CsvTable.Missing.ERROR)
                        .toString())
                .contains("1700 training and 426 test examples");
    }

    @Test
    void labelsAreNumberedInOrder() throws IOException {
        assertThat(classes("1,b\n2,a\n3,c\n4,b\n5,a\n6,c\n")).containsExactly(1, 0, 2, 1, 0, 2);
        assertThat(classes("1,10\n2,9\n3,-1\n4,10\n5,9\n6,-1\n")).containsExactly(2, 1, 0, 2, 1, 0);
    }

    /** The classes in the order of the rows. */
    private int[] classes(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("classes.csv"), text);
        try (DataFile data = DataFile.open(file)) {
            CsvTable table = CsvTable.read(data, CsvTable.Missing.ERROR);
            ImageSet set = table.toSet("classes", new ImageShape(1, 1, 1), table.split(TestShare.nearest(0.34), 1));
            int[] classes = new int[6];
            float[] value = new float[1];
            for (Examples part : new Examples[] {set.train(), set.test()}) {
                for (int i = 0; i < part.size(); i++) {
                    part.copyTo(i, value, 0);
                    classes[(int) value[0] - 1] = part.label(i);
                }
            }
            return classes;
        }
    }

    /** As pandas writes columns without names, or with a name for the label alone. */
    @ParameterizedTest
    @ValueSource(strings = {"0,1,target", "0,1,2", "2019,2020,class"})
    void aHeaderOfNumbersIsPassedOver(String header) throws IOException {
        String rows = "1,10,0\n2,10,1\n3,10,0\n4,10,1\n5,10,0\n";
        assertThat(read(header + "\n" + rows).toString())
                .isEqualTo("table: 4 training and 1 test examples, 1x1x2, 2 classes");
        String words = "0,1,2\n" + rows.replace(",0\n", ",a\n").replace(",1\n", ",b\n");
        assertThat(read(words).classes()).isEqualTo(2);
    }

    /** As pandas writes it with its index, which is a feature; whatever becomes of missing values. */
    @ParameterizedTest
    @ValueSource(strings = {",0,1,2", ",0,1,target", ",2019,2020,class", ",a,b,class"})
    void aHeaderOfNumbersBehindAnIndexIsPassedOver(String header) throws IOException {
        String rows = "0,1,10,0\n1,2,10,1\n2,3,10,0\n3,4,10,1\n4,5,10,0\n";
        for (CsvTable.Missing missing : CsvTable.Missing.values()) {
            assertThat(read(header + "\n" + rows, missing).toString())
                    .as(missing.toString())
                    .isEqualTo("table: 4 training and 1 test examples, 1x1x3, 2 classes");
        }
        if (header.startsWith(",0")) {
            String words = rows.replace(",0\n", ",a\n").replace(",1\n", ",b\n");
            assertThat(read(header + "\n" + words).classes()).isEqualTo(2);
        }
    }

    /** A value is missing in it, and its label is one of the others'. */
    @Test
    void aFirstRowThatBeginsWithAGapIsNoHeader() throws IOException {
        assertFault(",10,0\n" + ROWS, "expected a number, not a missing value, in line 1, column 1");
        assertFault(",0,1\n" + ROWS, "expected a number, not a missing value, in line 1, column 1");
        assertThat(read(",0,1\n" + ROWS, CsvTable.Missing.MEAN).train().size() + 1)
                .isEqualTo(6);
        assertThat(read(",0,7\n" + ROWS, CsvTable.Missing.MEAN).classes()).isEqualTo(4);
        assertThat(read(",0,1\n" + ROWS, CsvTable.Missing.DROP).train().size() + 1)
                .isEqualTo(5);
        assertFault(",1,0\n", "line 1, column 1");
    }

    @Test
    void aHeaderWhoseLastColumnHasNoNameIsPassedOver() throws IOException {
        for (CsvTable.Missing missing : CsvTable.Missing.values()) {
            assertThat(read("length,width,\n" + ROWS, missing).train().size()).isEqualTo(4);
        }
        // A comma behind the first row alone.
        assertFault("1,a,\n2,b\n3,a\n", "expected a class, not a missing value, in line 1, column 3");
        assertFault("a,b,\n", "expected a class, not a missing value, in line 1, column 3");
    }

    /** As PowerShell and spreadsheets write it. */
    @Test
    void utf16IsNamed() throws IOException {
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            Path file = Files.writeString(folder.resolve("wide.csv"), "\uFEFF" + ROWS, charset);
            assertThatThrownBy(() -> CsvTable.read(file, 0.2, 1, CsvTable.Missing.ERROR))
                    .isInstanceOf(DataFileException.class)
                    .hasMessageEndingWith(
                            "wide.csv: expected text in UTF-8, found what looks like UTF-16 (by its byte-order mark)");
        }
    }

    /** One row of a class that no other row is of is a row. */
    @Test
    void theFirstRowIsNoHeaderWhereItsLabelIsAsTheOthers() throws IOException {
        assertThat(read("0,2,7\n" + ROWS).classes()).isEqualTo(4);
        assertThat(read("0,1,2\n" + ROWS).train().size() + 1)
                .as("there is a 2 more")
                .isEqualTo(6);
        assertThat(classes("1,x\n2,9\n3,x\n4,9\n5,x\n6,9\n")).containsExactly(1, 0, 1, 0, 1, 0);
    }

    @Test
    void aHeaderIsToldOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("told.csv"), "length,width,class\n" + ROWS);
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            CsvTable.read(file, 0.2, 1, CsvTable.Missing.ERROR);
            CsvTable.read(file, 0.2, 2, CsvTable.Missing.ERROR);
        } finally {
            System.setErr(before);
        }
        assertThat(told.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("told.csv")))
                .singleElement()
                .asString()
                .endsWith(file + ": line 1 taken for a header: 'length,width,class'");
    }

    @Test
    void minusZeroIsZero() throws IOException {
        assertThat(classes("1,-0.0\n2,0\n3,1\n4,0.0\n5,-0\n6,1\n")).containsExactly(0, 0, 1, 0, 0, 1);
    }

    @Test
    void faultsNameLineAndColumn() {
        assertFault("1,2,0\n1,x,1\n", "line 2", "column 2", "'x'");
        assertFault("1,2,0\n1,,1\n", "line 2", "column 2", "''");
        assertFault("1,2,0\n1,2\n", "expected 3 columns in line 2", "found 2");
        assertFault("1,2,0\n1,2,0.5\n", "expected a class", "0.5");
        assertFault("1,2,0\n1,2,0\n", "two classes", "found 1");
        assertFault("1\n2\n", "at least one feature and a label", "line 1");
        assertFault("a,b,c\n", "expected rows of numbers");
        assertFault("", "expected rows of numbers");
        assertFault("1,2,0\n1,2,1\n", "enough rows");
    }

    /** What spreadsheets and the UCI repository put before and into tables must not eat the first row. */
    @Test
    void theFirstRowIsKept() throws IOException {
        assertThat(read("\uFEFF" + ROWS).train().size()).isEqualTo(4);
        assertThat(read("\uFEFFlength,width,class\n" + ROWS).train().size()).isEqualTo(4);
        assertThat(read("\n  \nlength,width,class\n" + ROWS).train().size()).isEqualTo(4);
        assertThat(read("\r\n" + ROWS.replace("\n", "\r\n")).train().size()).isEqualTo(4);
        assertFault("?,2,0\n" + ROWS, "line 1", "column 1", "missing", "'?'");
        assertFault("\n1,,0\n" + ROWS, "line 2", "column 2", "missing", "''");
        assertFault("NaN,2,0\n" + ROWS, "line 1", "column 1", "'NaN'");
        assertFault("NA,2,0\n" + ROWS, "line 1", "column 1", "'NA'");
        assertFault("1,2,NaN\n" + ROWS, "expected a class in line 1, column 3", "'NaN'");
        assertFault(ROWS + "6,2,nan\n", "expected a class in line 6, column 3", "'nan'");
        // A comma behind each row.
        assertFault("1,2,a,\n3,4,b,\n", "expected a class, not a missing value, in line 1, column 4");
        assertFault("x,y,class,\n1,2,a,\n", "expected a class, not a missing value, in line 1, column 4");
        assertFault("1e39,2,0\n" + ROWS, "line 1", "column 1", "'1e39'");
    }

    @Test
    void missingValuesAreFaultsUnlessAnOptionSaysWhatToDo() throws IOException {
        assertFault(ROWS + "6,?,1\n", "line 6", "column 2", "missing", "'?'");
        assertFault(ROWS + "6,10,?\n", "line 6", "column 3", "missing", "'?'");
        Path file = Files.writeString(folder.resolve("gaps.csv"), ROWS + "6,?,1\n?,20,0\n8,10,1\n");
        assertThat(CsvTable.read(file, 0.25, 1, CsvTable.Missing.DROP).toString())
                .startsWith("gaps: 4 training and 2 test examples");
        ImageSet filled = CsvTable.read(file, 0.25, 1, CsvTable.Missing.MEAN);
        assertThat(filled.toString()).startsWith("gaps: 6 training and 2 test examples");
        float[] row = new float[2];
        double sum = 0;
        for (int i = 0; i < 6; i++) {
            filled.train().copyTo(i, row, 0);
            assertThat(row[0]).isFinite();
            sum += row[0];
        }
        assertThat(sum).isEqualTo(0, within(1e-5));
        Path noClass = Files.writeString(folder.resolve("classless.csv"), ROWS + "6,10,?\n");
        assertThatThrownBy(() -> CsvTable.read(noClass, 0.25, 1, CsvTable.Missing.MEAN))
                .hasMessageContainingAll("classless.csv", "line 6", "column 3");
    }

    @Test
    void numbersThatAFloatCannotHoldAreFaults() {
        assertFault(ROWS + "1e39,10,1\n", "line 6", "column 1", "'1e39'", "3.4");
        assertFault(ROWS + "6,-1e300,1\n", "line 6", "column 2", "'-1e300'");
        assertFault(ROWS + "6,Infinity,1\n", "line 6", "column 2", "'Infinity'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x1p3", "1d", "-2.5F", "0X10p0"})
    void numbersAsOnlyJavaWritesThemAreFaults(String cell) {
        assertFault(ROWS + "6," + cell + ",1\n", "expected a number in line 6, column 2", "'" + cell + "'");
        assertFault(cell + ",2,0\n" + ROWS, "expected a number in line 1, column 1", "'" + cell + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"e10", "e15", "e20", "e30", "e37"})
    void largeNumbersAreStandardisedAsSmallOnes(String exponent) throws IOException {
        StringBuilder small = new StringBuilder();
        StringBuilder large = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            int value = (i * 7) % 20 - 9;
            small.append(value + "," + i + "," + i % 2 + "\n");
            large.append(value + exponent + "," + i + "," + i % 2 + "\n");
        }
        ImageSet expected = read(small.toString());
        ImageSet actual = read(large.toString());
        float[] one = new float[2];
        float[] other = new float[2];
        for (int i = 0; i < expected.train().size(); i++) {
            expected.train().copyTo(i, one, 0);
            actual.train().copyTo(i, other, 0);
            assertThat(other[0]).isCloseTo(one[0], within(1e-4f));
            assertThat(other[1]).isEqualTo(one[1]);
        }
    }

    @Test
    void aNumericTargetIsNoClass() {
        StringBuilder prices = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            prices.append(i % 7).append(',').append(100_000 + 13 * i).append('\n');
        }
        assertFault(prices.toString(), "500 different values", "500 rows", "class");
        StringBuilder years = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            years.append(i % 7).append(',').append(1800 + i % 150).append('\n');
        }
        assertFault(years.toString(), "150 different values");
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> CsvTable.read(folder.resolve("none.csv"), 0.2, 1, CsvTable.Missing.ERROR))
                .isInstanceOf(DataFileException.class)
                .hasMessageContainingAll("none.csv", "expected a file");
        assertThatThrownBy(() -> CsvTable.read(folder, 0.2, 1, CsvTable.Missing.ERROR))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("expected a file, found a folder");
    }

    @Test
    void digitsAreInsideTheProgram() throws IOException {
        ImageSet digits = Digits.embedded();
        assertThat(digits.toString()).isEqualTo("digits: 1438 training and 359 test examples, 1x8x8, 10 classes");
        assertThat(Digits.standardised(TestShare.besides(0.8), 1).toString())
                .isEqualTo("digits: 1437 training and 360 test examples, 1x1x64, 10 classes");
        float[] pixels = new float[64];
        float largest = 0;
        for (int i = 0; i < digits.train().size(); i++) {
            digits.train().copyTo(i, pixels, 0);
            for (float pixel : pixels) {
                assertThat(pixel).isBetween(0f, 1f);
                largest = Math.max(largest, pixel);
            }
        }
        assertThat(largest).isEqualTo(1f);
    }

    private ImageSet read(String text) throws IOException {
        return read(text, CsvTable.Missing.ERROR);
    }

    private ImageSet read(String text, CsvTable.Missing missing) throws IOException {
        return CsvTable.read(Files.writeString(folder.resolve("table.csv"), text), 0.2, 1, missing);
    }

    private void assertFault(String text, String... parts) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("table.csv")
                .hasMessageContainingAll(parts);
    }
}
