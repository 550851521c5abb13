package io.dl4jext.experiments.optimisers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dl4jext.experiments.data.BatchIterator;
import io.dl4jext.experiments.data.Examples;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.data.Layout;
import io.dl4jext.experiments.data.RandomImages;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class CentredPixelsTest {

    private static final Examples TRAIN = RandomImages.of(new ImageShape(2, 3, 4), 3, 9, 1);
    private static final Examples TEST = RandomImages.of(new ImageShape(2, 3, 4), 3, 5, 2);

    @Test
    void theMeanImageOfTheTrainingExamplesIsTakenAway() {
        BatchIterator batches = BatchIterator.inOrder(TEST, Layout.NCHW, 5);
        batches.setPreProcessor(new CentredPixels(TRAIN));
        INDArray features = batches.next().getFeatures();
        assertThat(features.shape()).containsExactly(5, 2, 3, 4);
        float[] image = new float[24];
        for (int pixel = 0; pixel < 24; pixel++) {
            double mean = 0;
            for (int i = 0; i < TRAIN.size(); i++) {
                TRAIN.copyTo(i, image, 0);
                mean += image[pixel] / TRAIN.size();
            }
            for (int i = 0; i < TEST.size(); i++) {
                TEST.copyTo(i, image, 0);
                assertThat(features.getDouble(i, pixel / 12, pixel / 4 % 3, pixel % 4))
                        .isCloseTo(255 * (image[pixel] - mean), within(1e-3));
            }
        }
    }
}
