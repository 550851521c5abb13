package io.dl4jext.experiments.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedsOptionTest {

    @Test
    void aNumberOrAList() {
        assertThat(new SeedsOption("3").all()).containsExactly(1, 2, 3);
        assertThat(new SeedsOption("7,-2, 7").all()).containsExactly(7, -2);
        assertThat(new SeedsOption("5,").all()).containsExactly(5);
        assertThat(new SeedsOption("3")).hasToString("seeds 1, 2, 3");
        assertThat(new SeedsOption("5,")).hasToString("seed 5");
    }

    /** One seed is what a picture shows anyhow. */
    @Test
    void picturesOfSeveralSeedsNameTheFirst() {
        assertThat(new SeedsOption("7,2").ofFirst()).isEqualTo(", seed 7");
        assertThat(new SeedsOption("7,").ofFirst()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "", ",", "1,x", "1.5", "many"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> new SeedsOption(text).all()).hasMessageContainingAll("1 to 1000", "'" + text + "'");
    }
}
