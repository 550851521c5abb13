package io.dl4jext.experiments.optimisers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaperNumbersTest {

    private static List<PaperNumbers.Row> table(int number) throws IOException {
        return PaperNumbers.rows().stream().filter(row -> row.table == number).collect(Collectors.toList());
    }

    @Test
    void tablesHaveAllTheirRows() throws IOException {
        assertThat(PaperNumbers.rows().stream().collect(Collectors.groupingBy(row -> row.table, Collectors.counting())))
                .isEqualTo(Map.of(1, 9L, 2, 5L, 3, 8L, 4, 3L, 5, 6L, 6, 5L));
    }

    @Test
    void noSettingIsTwiceInATable() throws IOException {
        for (int number = 1; number <= PaperNumbers.LAST_TABLE; number++) {
            assertThat(table(number)).extracting(row -> row.setting).doesNotHaveDuplicates();
        }
    }

    /** The paper's nan goes with 0.098, the share of zeros in the test set, and so does 2.30, the logarithm of ten. */
    @Test
    void whatDidNotLearnAnswersZero() throws IOException {
        for (PaperNumbers.Row row : PaperNumbers.rows()) {
            boolean lost = Double.isNaN(row.loss) || Math.abs(row.loss - Math.log(10)) < 0.005;
            assertThat(row.accuracy == 0.098)
                    .as("table %d, %s", row.table, row.setting)
                    .isEqualTo(lost);
        }
    }

    /** Apart from the rounding of one loss (0.027 in Table 4, 0.03 in Table 6) the last table repeats the others. */
    @Test
    void lastTableAgreesWithTheOthers() throws IOException {
        Map<Setting, PaperNumbers.Row> first = PaperNumbers.rows().stream()
                .collect(Collectors.toMap(row -> row.setting, Function.identity(), (a, b) -> a));
        for (PaperNumbers.Row row : table(PaperNumbers.LAST_TABLE)) {
            PaperNumbers.Row same = first.get(row.setting);
            assertThat(same.table).isLessThan(PaperNumbers.LAST_TABLE);
            assertThat(same.accuracy).isEqualTo(row.accuracy);
            assertThat(Math.abs(same.loss - row.loss)).isLessThan(0.0031);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, sgd 0.1, 10, 0.025, 0.977",
        "2, sgd 0.1 to 0.0001, 10, 0.001, 0.984",
        "3, sgd 0.01, 10, 0.02, 0.975",
        "4, sgd 0.1 to 0.001, 100, 0.027, 0.978",
        "5, adagrad 0.01, 10, 0.003, 0.98"
    })
    void someRowsAsPrinted(int number, String start, int batchSize, double loss, double accuracy) throws IOException {
        assertThat(table(number)).anySatisfy(row -> {
            assertThat(row.setting.toString()).startsWith(start + ", m " + batchSize);
            assertThat(row.setting.batchSize).isEqualTo(batchSize);
            assertThat(row.loss).isEqualTo(loss);
            assertThat(row.accuracy).isEqualTo(accuracy);
        });
    }

    @Test
    void everyModelOfPaper5HasItsRow() throws IOException {
        Map<CifarModel, PaperNumbers.Model> models = PaperNumbers.models();
        assertThat(models).containsOnlyKeys(CifarModel.values());
        assertThat(models.get(CifarModel.DEEP_MLP).steps).isEqualTo(4000);
        assertThat(models.values())
                .allSatisfy(
                        model -> assertThat(Double.parseDouble(model.accuracy)).isBetween(0.4, 0.8));
    }
}
