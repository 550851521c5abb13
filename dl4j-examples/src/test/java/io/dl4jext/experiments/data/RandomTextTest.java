package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class RandomTextTest {

    @Test
    void theLabelOfACharacterIsTheNext() {
        DataSet texts = RandomText.characters(7, 40, 3, 1);
        boolean[] seen = new boolean[7];
        for (int text = 0; text < 3; text++) {
            for (int at = 0; at < 40; at++) {
                seen[character(texts.getFeatures(), text, at)] = true;
                if (at < 39) {
                    assertThat(character(texts.getLabels(), text, at))
                            .isEqualTo(character(texts.getFeatures(), text, at + 1));
                }
            }
        }
        assertThat(seen).containsOnly(true);
    }

    /** Which of the characters has the one; the others have zeros. */
    private static int character(INDArray texts, int text, int at) {
        int found = -1;
        for (int c = 0; c < texts.size(1); c++) {
            double value = texts.getDouble(text, c, at);
            if (value != 0) {
                assertThat(value).isEqualTo(1);
                assertThat(found).isEqualTo(-1);
                found = c;
            }
        }
        assertThat(found).isNotNegative();
        return found;
    }

    @Test
    void wordsAreIndicesOfTheVocabulary() {
        DataSet words = RandomText.words(5, 3, 60, 1);
        boolean[] seen = new boolean[5];
        for (double word : words.getFeatures().toDoubleVector()) {
            assertThat(word).isBetween(0.0, 4.0);
            assertThat(word % 1).isZero();
            seen[(int) word] = true;
        }
        assertThat(seen).containsOnly(true);
        assertThat(words.getLabels().sum(1).toDoubleVector()).containsOnly(1);
        assertThat(words.getLabels().maxNumber().doubleValue()).isEqualTo(1);
        assertThat(words.getLabels().sum(0).minNumber().doubleValue()).isPositive();
    }
}
