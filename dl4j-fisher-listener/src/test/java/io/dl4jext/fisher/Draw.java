package io.dl4jext.fisher;

import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Random data from a seed, without touching ND4J's own random numbers. */
final class Draw {

    private final DataType type;
    private final Random random;

    Draw(DataType type, long seed) {
        this.type = type;
        this.random = new Random(seed);
    }

    INDArray normal(long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array.castTo(type);
    }

    INDArray uniform(double low, double high, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, low + (high - low) * random.nextDouble());
        }
        return array.castTo(type);
    }

    /** 0 or 1. */
    INDArray binary(long... shape) {
        INDArray array = Nd4j.create(type, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextInt(2));
        }
        return array;
    }

    /** Integers 0 … n − 1 in the network's type. */
    INDArray indices(int n, long... shape) {
        INDArray array = Nd4j.create(type, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextInt(n));
        }
        return array;
    }

    INDArray oneHot(int rows, int classes) {
        INDArray array = Nd4j.create(type, rows, classes);
        for (int i = 0; i < rows; i++) {
            array.putScalar(i, random.nextInt(classes), 1);
        }
        return array;
    }

    /** rows × classes × steps. */
    INDArray oneHot(int rows, int classes, int steps) {
        INDArray array = Nd4j.create(type, rows, classes, steps);
        for (int i = 0; i < rows; i++) {
            for (int t = 0; t < steps; t++) {
                array.putScalar(i, random.nextInt(classes), t, 1);
            }
        }
        return array;
    }

    /** rows × steps; row i has 1 + (random below steps) leading ones. */
    INDArray leadingMask(int rows, int steps) {
        INDArray array = Nd4j.create(type, rows, steps);
        for (int i = 0; i < rows; i++) {
            int length = 1 + random.nextInt(steps);
            for (int t = 0; t < length; t++) {
                array.putScalar(i, t, 1);
            }
        }
        return array;
    }

    static MultiDataSet data(INDArray features, INDArray labels) {
        return data(features, labels, null, null);
    }

    static MultiDataSet data(INDArray features, INDArray labels, INDArray featuresMask, INDArray labelsMask) {
        return new MultiDataSet(
                new INDArray[] {features},
                new INDArray[] {labels},
                featuresMask == null ? null : new INDArray[] {featuresMask},
                labelsMask == null ? null : new INDArray[] {labelsMask});
    }
}
