package io.dl4jext.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedsTest {

    @Test
    void aNumberOrAList() {
        assertThat(Seeds.parse("3").all()).containsExactly(1, 2, 3);
        assertThat(Seeds.parse("7,-2, 7").all()).containsExactly(7, -2);
        assertThat(Seeds.parse("5,").all()).containsExactly(5);
        assertThat(Seeds.parse("3")).hasToString("seeds 1, 2, 3");
        assertThat(Seeds.parse("5,")).hasToString("seed 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "", ",", "1,x", "1.5", "many"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Seeds.parse(text)).hasMessageContainingAll("1 to 1000", "'" + text + "'");
    }
}
