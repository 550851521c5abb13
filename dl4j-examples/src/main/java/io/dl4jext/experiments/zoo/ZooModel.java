package io.dl4jext.experiments.zoo;

import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.engine.Networks;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.zoo.InstantiableModel;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.model.AlexNet;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.FaceNetNN4Small2;
import org.deeplearning4j.zoo.model.InceptionResNetV1;
import org.deeplearning4j.zoo.model.LeNet;
import org.deeplearning4j.zoo.model.NASNet;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SimpleCNN;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.TextGenerationLSTM;
import org.deeplearning4j.zoo.model.TinyYOLO;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.VGG16;
import org.deeplearning4j.zoo.model.VGG19;
import org.deeplearning4j.zoo.model.Xception;
import org.deeplearning4j.zoo.model.YOLO2;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A model of DL4J's zoo from random initial parameters, with input and classes set down so that it trains on a few
 * processors.
 */
enum ZooModel {
    LENET(48, LeNet.class),
    SIMPLE_CNN(48, SimpleCNN.class),
    ALEXNET(96, AlexNet.class),
    VGG16(48, VGG16.class),
    VGG19(48, VGG19.class),
    RESNET50(96, ResNet50.class),
    SQUEEZENET(64, SqueezeNet.class),
    DARKNET19(64, Darknet19.class),
    TINY_YOLO(96, TinyYOLO.class),
    YOLO2(96, YOLO2.class),
    UNET(48, UNet.class),
    XCEPTION(96, Xception.class),
    INCEPTION_RESNET_V1(96, InceptionResNetV1.class),
    FACENET_NN4_SMALL2(96, FaceNetNN4Small2.class),
    NASNET(64, NASNet.class),
    TEXT_GENERATION_LSTM(0, TextGenerationLSTM.class);

    private static final int CLASSES = 5;
    private static final int CHARACTERS = 20;
    private static final int STEPS = 20;
    private static final int COLOURS = 3;

    private final int side;
    private final Class<? extends InstantiableModel> type;

    ZooModel(int side, Class<? extends InstantiableModel> type) {
        this.side = side;
        this.type = type;
    }

    /** Shape of an example: channels, height and width of an image, or characters and time steps of a text. */
    int[] input() {
        return side == 0 ? new int[] {CHARACTERS, STEPS} : new int[] {COLOURS, side, side};
    }

    /** The same of the weights that DL4J has. */
    int[] pretrainedInput() throws ReflectiveOperationException {
        int[][] shapes = zooModel().metaData().getInputShape();
        return shapes[0] == null ? input() : shapes[0];
    }

    Model create(long seed) throws ReflectiveOperationException {
        if (this == TEXT_GENERATION_LSTM) {
            return TextGenerationLSTM.builder()
                    .seed(seed)
                    .inputShape(input())
                    .totalUniqueCharacters(CHARACTERS)
                    .maxLength(STEPS)
                    .build()
                    .init();
        }
        // The models' builders have the same methods, but no type in common.
        Object builder = builder();
        Class<?> ofModel = builder.getClass();
        ofModel.getMethod("seed", long.class).invoke(builder, seed);
        ofModel.getMethod("inputShape", int[].class).invoke(builder, (Object) input());
        ofModel.getMethod("numClasses", int.class).invoke(builder, CLASSES);
        return ((InstantiableModel) ofModel.getMethod("build").invoke(builder)).init();
    }

    /**
     * With the weights that DL4J has for it, which it downloads to the user's home once.
     *
     * @throws UnsupportedOperationException if there are none
     * @throws IOException if they cannot be downloaded; the message has the address
     */
    Model pretrained() throws ReflectiveOperationException, IOException {
        org.deeplearning4j.zoo.ZooModel<?> model = zooModel();
        for (PretrainedType weights : PretrainedType.values()) {
            String address = model.pretrainedUrl(weights);
            if (address != null) {
                try {
                    return model.initPretrained(weights);
                } catch (IOException e) {
                    throw new IOException(
                            "DL4J cannot download the weights of " + this + " from " + address + " (" + e + ")");
                }
            }
        }
        throw new UnsupportedOperationException("DL4J has no pretrained weights of " + this);
    }

    /** With DL4J's own settings. */
    private org.deeplearning4j.zoo.ZooModel<?> zooModel() throws ReflectiveOperationException {
        Object builder = builder();
        return (org.deeplearning4j.zoo.ZooModel<?>)
                builder.getClass().getMethod("build").invoke(builder);
    }

    private Object builder() throws ReflectiveOperationException {
        return type.getMethod("builder").invoke(null);
    }

    /** Random inputs, with labels in the form that the model's output has. */
    DataSet batch(Model network, int[] input, int size, long seed) {
        Random random = new Random(seed);
        long[] shape = LongStream.concat(
                        LongStream.of(size), Arrays.stream(input).asLongStream())
                .toArray();
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        INDArray features = Nd4j.create(values, shape, 'c');
        return new DataSet(features, labels(Networks.output(network, features).shape(), random));
    }

    private INDArray labels(long[] shape, Random random) {
        if (this == TINY_YOLO || this == YOLO2) {
            return boxes((int) shape[0], (int) shape[2]);
        }
        INDArray labels = Nd4j.zeros(DataType.FLOAT, shape);
        long cells = Arrays.stream(shape).skip(2).reduce(1, Math::multiplyExact);
        for (int i = 0; i < shape[0]; i++) {
            INDArray example = labels.slice(i).reshape(shape[1], cells);
            for (int cell = 0; cell < cells; cell++) {
                // A single channel is a mask, several are classes.
                if (shape[1] > 1 || random.nextBoolean()) {
                    example.putScalar(random.nextInt((int) shape[1]), cell, 1);
                }
            }
        }
        return labels;
    }

    /** One object an image, in a cell of the diagonal: its corners in units of cells, then its class. */
    private static INDArray boxes(int images, int grid) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, images, 4 + CLASSES, grid, grid);
        for (int i = 0; i < images; i++) {
            int cell = i % grid;
            double[] corners = {cell + 0.1, cell + 0.1, cell + 0.9, cell + 0.9};
            for (int c = 0; c < corners.length; c++) {
                labels.putScalar(new int[] {i, c, cell, cell}, corners[c]);
            }
            labels.putScalar(new int[] {i, 4 + i % CLASSES, cell, cell}, 1);
        }
        return labels;
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return EnumName.typed(name());
    }
}
