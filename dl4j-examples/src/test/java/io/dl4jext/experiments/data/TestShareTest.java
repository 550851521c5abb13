package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestShareTest {

    @Test
    void nearestIsRounded() {
        for (int rows = 1; rows < 3000; rows++) {
            assertThat(TestShare.nearest(0.2).of(rows)).isEqualTo((int) Math.round(rows * 0.2));
        }
        assertThat(TestShare.nearest(0.25).of(6)).isEqualTo(2);
    }

    /** By whole numbers: the least t with 5·t ≥ rows. scikit-learn 1.x has 426 test rows of 2,126. */
    @Test
    void whatIsNotForTrainingIsRoundedUp() {
        TestShare fifth = TestShare.besides(0.8);
        for (int rows = 1; rows < 3000; rows++) {
            int expected = 0;
            while (5 * expected < rows) {
                expected++;
            }
            assertThat(fifth.of(rows)).isEqualTo(expected);
        }
        assertThat(fifth.of(2126)).isEqualTo(426);
    }

    /** In doubles 1 − 0.9 is below a tenth, 1 − 0.7 above three tenths. */
    @Test
    void sharesAreDecimal() {
        assertThat(TestShare.besides(0.9).of(10)).isEqualTo(1);
        assertThat(TestShare.besides(0.7).of(10)).isEqualTo(3);
        assertThat(TestShare.besides(0.7).of(11)).isEqualTo(4);
    }
}
