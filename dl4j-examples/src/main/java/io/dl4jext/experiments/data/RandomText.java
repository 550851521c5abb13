package io.dl4jext.experiments.data;

import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Text of noise: work for benchmarks, nothing to learn. */
public final class RandomText {

    private RandomText() {}

    /**
     * Texts of characters drawn uniformly, with the character that follows as the label of each.
     *
     * @param alphabet how many characters there are
     * @param length characters of a text
     * @return features and labels [count, alphabet, length], one-hot
     */
    public static DataSet characters(int alphabet, int length, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] features = new float[Math.multiplyExact(Math.multiplyExact(count, alphabet), length)];
        float[] labels = new float[features.length];
        for (int text = 0; text < count; text++) {
            int next = random.nextInt(alphabet);
            for (int at = 0; at < length; at++) {
                features[(text * alphabet + next) * length + at] = 1;
                next = random.nextInt(alphabet);
                labels[(text * alphabet + next) * length + at] = 1;
            }
        }
        return new DataSet(array(features, count, alphabet, length), array(labels, count, alphabet, length));
    }

    /**
     * Single words drawn uniformly, each with a class drawn uniformly.
     *
     * @param vocabulary how many words there are
     * @return features [count, 1], indices of words; labels [count, classes], one-hot
     */
    public static DataSet words(int vocabulary, int classes, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] words = new float[count];
        float[] labels = new float[Math.multiplyExact(count, classes)];
        for (int i = 0; i < count; i++) {
            words[i] = random.nextInt(vocabulary);
            labels[i * classes + random.nextInt(classes)] = 1;
        }
        return new DataSet(array(words, count, 1), array(labels, count, classes));
    }

    private static INDArray array(float[] values, long... shape) {
        return Nd4j.create(values, shape, 'c');
    }
}
