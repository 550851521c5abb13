package io.dl4jext.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;

class BatchIteratorTest {

    private static final ImageShape SHAPE = new ImageShape(2, 2, 3);

    /** Example i has the value i in its first place; its class is i mod 4. */
    private static Examples numbered(int count) {
        float[] values = new float[count * SHAPE.size()];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            values[i * SHAPE.size()] = i;
            labels[i] = i % 4;
        }
        return Examples.ofFloats(SHAPE, 4, values, labels);
    }

    @Test
    void everyExampleOnceInOrderWithTheRestAtTheEnd() {
        BatchIterator batches = BatchIterator.inOrder(numbered(23), Layout.FLAT, 5);
        assertThat(batches.batches()).isEqualTo(5);
        List<Integer> sizes = new ArrayList<>();
        List<Integer> seen = new ArrayList<>();
        while (batches.hasNext()) {
            DataSet batch = batches.next();
            sizes.add(batch.numExamples());
            seen.addAll(numbers(batch));
        }
        assertThat(sizes).containsExactly(5, 5, 5, 5, 3);
        assertThat(seen).isEqualTo(upTo(23));
        assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void shuffledEpochsHoldEveryExampleOnceInAnotherOrder() {
        BatchIterator batches = BatchIterator.shuffled(numbered(23), Layout.FLAT, 5, 7);
        List<Integer> first = epoch(batches);
        batches.reset();
        List<Integer> second = epoch(batches);
        assertThat(first).containsExactlyInAnyOrderElementsOf(upTo(23)).isNotEqualTo(upTo(23));
        assertThat(second).containsExactlyInAnyOrderElementsOf(upTo(23)).isNotEqualTo(first);
    }

    @Test
    void theSeedMakesTheOrder() {
        List<Integer> order = epoch(BatchIterator.shuffled(numbered(23), Layout.FLAT, 5, 7));
        BatchIterator again = BatchIterator.shuffled(numbered(23), Layout.FLAT, 4, 7);
        again.reset(); // before the first batch a reset changes nothing
        assertThat(epoch(again)).isEqualTo(order);
        assertThat(epoch(BatchIterator.shuffled(numbered(23), Layout.FLAT, 5, 8)))
                .isNotEqualTo(order);
    }

    @Test
    void arraysHaveTheLayout() {
        DataSet flat = BatchIterator.inOrder(numbered(3), Layout.FLAT, 3).next();
        assertThat(flat.getFeatures().shape()).containsExactly(3, 12);
        assertThat(flat.getLabels().shape()).containsExactly(3, 4);
        DataSet images = BatchIterator.inOrder(numbered(3), Layout.NCHW, 3).next();
        assertThat(images.getFeatures().shape()).containsExactly(3, 2, 2, 3);
        assertThat(images.getFeatures().getFloat(2, 0, 0, 0)).isEqualTo(2f);
        assertThat(images.getLabels().getFloat(2, 2)).isEqualTo(1f);
        assertThat(images.getLabels().sumNumber().floatValue()).isEqualTo(3f);
    }

    @Test
    void batchOfAnotherSizeOnRequest() {
        BatchIterator batches = BatchIterator.inOrder(numbered(5), Layout.FLAT, 2);
        assertThat(batches.next(4).numExamples()).isEqualTo(4);
        assertThat(batches.next(4).numExamples()).isEqualTo(1);
    }

    @Test
    void preProcessorIsApplied() {
        BatchIterator batches = BatchIterator.inOrder(numbered(5), Layout.FLAT, 5);
        batches.setPreProcessor(batch -> batch.getFeatures().addi(1));
        assertThat(batches.next().getFeatures().getFloat(4, 0)).isEqualTo(5f);
    }

    @Test
    void firstExamplesOnly() {
        Examples head = numbered(9).first(4);
        assertThat(epoch(BatchIterator.inOrder(head, Layout.FLAT, 3))).containsExactly(0, 1, 2, 3);
        assertThatThrownBy(() -> numbered(9).first(10)).hasMessage("expected 1 to 9 examples, got 10");
    }

    @Test
    void randomImagesComeFromTheSeed() {
        Examples images = RandomImages.of(SHAPE, 3, 50, 1);
        DataSet once = BatchIterator.inOrder(images, Layout.NCHW, 50).next();
        DataSet again = BatchIterator.inOrder(RandomImages.of(SHAPE, 3, 50, 1), Layout.NCHW, 50)
                .next();
        assertThat(once).isEqualTo(again);
        assertThat(once.getFeatures().minNumber().floatValue()).isNotNegative();
        assertThat(once.getFeatures().maxNumber().floatValue()).isLessThan(1f);
    }

    private static List<Integer> epoch(BatchIterator batches) {
        List<Integer> seen = new ArrayList<>();
        while (batches.hasNext()) {
            seen.addAll(numbers(batches.next()));
        }
        return seen;
    }

    private static List<Integer> numbers(DataSet batch) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < batch.numExamples(); i++) {
            int number = batch.getFeatures().getInt(i, 0);
            assertThat(batch.getLabels().getFloat(i, number % 4)).isEqualTo(1f);
            numbers.add(number);
        }
        return numbers;
    }

    private static List<Integer> upTo(int count) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(i);
        }
        return numbers;
    }
}
