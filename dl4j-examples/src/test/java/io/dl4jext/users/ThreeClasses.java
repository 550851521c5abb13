package io.dl4jext.users;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** Three classes: which of the first three of five inputs is the largest. */
final class ThreeClasses {

    private ThreeClasses() {}

    static DataSet some(DataType type, int number) {
        Random random = new Random(11);
        INDArray features = Nd4j.zeros(type, number, 5);
        INDArray labels = Nd4j.zeros(type, number, 3);
        for (int i = 0; i < number; i++) {
            int largest = 0;
            for (int j = 0; j < 5; j++) {
                features.putScalar(i, j, random.nextGaussian());
                largest = j < 3 && features.getDouble(i, j) > features.getDouble(i, largest) ? j : largest;
            }
            labels.putScalar(i, largest, 1);
        }
        return new DataSet(features, labels);
    }

    /** Ten batches, so that the last round of four workers has two, and the last one is smaller. */
    static DataSetIterator batches(DataType type) {
        return new ExistingDataSetIterator(some(type, 39).batchBy(4));
    }

    /** The same, in another order each time they are begun anew, always the same ones. */
    static DataSetIterator shuffled(DataType type) {
        List<DataSet> batches = new ArrayList<>(some(type, 39).batchBy(4));
        Random random = new Random(4);
        return new ExistingDataSetIterator((Iterable<DataSet>) () -> {
            Collections.shuffle(batches, random);
            return List.copyOf(batches).iterator();
        });
    }
}
