package io.dl4jext.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.batch.DynamicBatchIterator;
import io.dl4jext.batch.schedule.BatchSchedule;
import io.dl4jext.experiments.data.ImageShape;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.fisher.FisherListener;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.datavec.api.io.labels.ParentPathLabelGenerator;
import org.datavec.api.split.FileSplit;
import org.datavec.image.recordreader.ImageRecordReader;
import org.deeplearning4j.datasets.datavec.RecordReaderDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.learning.config.Sgd;

/** Image files need OpenCV, which no program here brings along: so a test shows their use. */
class ImagesThroughDataVecTest {

    @Test
    void imagesThroughDataVec(@TempDir Path temporary) throws IOException {
        File folder = pictures(temporary);
        MultiLayerNetwork network = (MultiLayerNetwork)
                Architecture.LENET.create(new ImageShape(1, 28, 28), 2, new Sgd(0.1), 1, DataType.FLOAT);

        ImageRecordReader images = new ImageRecordReader(28, 28, 1, new ParentPathLabelGenerator());
        images.initialize(new FileSplit(folder, new Random(1)));
        DataSetIterator train = new RecordReaderDataSetIterator(images, 4, 1, 2);
        train.setPreProcessor(new ImagePreProcessingScaler());

        FisherListener fisher = FisherListener.builder().everyIterations(1).build();
        network.addListeners(fisher);
        DynamicBatchIterator batches =
                DynamicBatchIterator.builder(train, BatchSchedule.constant(6)).build();
        batches.attachTo(network);
        network.fit(batches, 3);

        assertThat(fisher.history().measurements()).hasSize(6);
        assertThat(fisher.history().measurements().get(0).batchSize()).isEqualTo(6);
    }

    private static File pictures(Path folder) throws IOException {
        Random random = new Random(2);
        for (int i = 0; i < 10; i++) {
            BufferedImage image = new BufferedImage(10, 10, BufferedImage.TYPE_BYTE_GRAY);
            for (int p = 0; p < 100; p++) {
                image.setRGB(p % 10, p / 10, random.nextInt(1 << 24));
            }
            Path kind = Files.createDirectories(folder.resolve(i % 2 == 0 ? "cats" : "dogs"));
            ImageIO.write(image, "png", kind.resolve(i + ".png").toFile());
        }
        return folder.toFile();
    }
}
