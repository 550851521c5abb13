package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExamplesTest {

    private static final Examples ALL = RandomImages.of(new ImageShape(1, 2, 2), 5, 40, 1);

    private static List<String> contents(Examples examples) {
        List<String> contents = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            float[] values = new float[6];
            examples.copyTo(i, values, 1);
            contents.add(examples.label(i) + java.util.Arrays.toString(values));
        }
        return contents;
    }

    @Test
    void randomShareHasNoExampleTwice() {
        List<String> drawn = contents(ALL.random(25, 3));
        assertThat(new HashSet<>(drawn)).hasSize(25);
        assertThat(contents(ALL)).containsAll(drawn);
        assertThat(drawn).isNotEqualTo(contents(ALL.first(25)));
        assertThat(contents(ALL.random(25, 3))).isEqualTo(drawn);
        assertThat(contents(ALL.random(25, 4))).isNotEqualTo(drawn);
        assertThat(ALL.random(40, 1)).isSameAs(ALL);
        assertThatIllegalArgumentException().isThrownBy(() -> ALL.random(41, 1)).withMessageContaining("1 to 40");
    }

    @Test
    void theLastBatchHoldsWhatIsLeft() {
        assertThat(ALL.batches(40)).isEqualTo(1);
        assertThat(ALL.batches(39)).isEqualTo(2);
        assertThat(ALL.batches(64)).isEqualTo(1);
    }

    /** What chooses tests nothing, and the halves are the same each time. */
    @Test
    void examplesToChooseByAndToTestWithAreDisjoint() {
        ImageSet data = new ImageSet("random", ALL, RandomImages.of(new ImageShape(1, 2, 2), 5, 11, 7));
        ImageSet[] halves = data.forChoosingAndTesting();
        List<String> validation = contents(halves[0].test());
        List<String> test = contents(halves[1].test());
        assertThat(validation).hasSize(5).doesNotContainAnyElementsOf(test);
        assertThat(test).hasSize(6);
        List<String> both = new ArrayList<>(validation);
        both.addAll(test);
        assertThat(both).containsExactlyInAnyOrderElementsOf(contents(data.test()));
        assertThat(contents(data.forChoosingAndTesting()[0].test())).isEqualTo(validation);
        assertThat(halves[0].train()).isSameAs(ALL).isSameAs(halves[1].train());
        ImageSet one = new ImageSet("one", ALL, ALL.first(1));
        assertThatIllegalArgumentException().isThrownBy(one::forChoosingAndTesting);
    }
}
