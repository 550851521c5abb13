package io.dl4jext.experiments.zoo;

import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.engine.Networks;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.api.Model;
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
import org.deeplearning4j.zoo.model.Xception;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A model of DL4J's zoo from random initial parameters, with input and classes set down so that it trains on a few processors. */
enum ZooModel {
    LENET(
            48,
            (shape, seed) -> LeNet.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    SIMPLE_CNN(
            48,
            (shape, seed) -> SimpleCNN.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    ALEXNET(
            96,
            (shape, seed) -> AlexNet.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    VGG16(
            48,
            (shape, seed) -> org.deeplearning4j
                    .zoo
                    .model
                    .VGG16
                    .builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    VGG19(
            48,
            (shape, seed) -> org.deeplearning4j
                    .zoo
                    .model
                    .VGG19
                    .builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    RESNET50(
            96,
            (shape, seed) -> ResNet50.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    SQUEEZENET(
            64,
            (shape, seed) -> SqueezeNet.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    DARKNET19(
            64,
            (shape, seed) -> Darknet19.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    TINY_YOLO(
            96,
            (shape, seed) -> TinyYOLO.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    YOLO2(
            96,
            (shape, seed) -> org.deeplearning4j
                    .zoo
                    .model
                    .YOLO2
                    .builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    UNET(
            48,
            (shape, seed) -> UNet.builder().seed(seed).inputShape(shape).build().init()),
    XCEPTION(
            96,
            (shape, seed) -> Xception.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    INCEPTION_RESNET_V1(
            96,
            (shape, seed) -> InceptionResNetV1.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    FACENET_NN4_SMALL2(
            96,
            (shape, seed) -> FaceNetNN4Small2.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    NASNET(
            64,
            (shape, seed) -> NASNet.builder()
                    .seed(seed)
                    .inputShape(shape)
                    .numClasses(ZooModel.CLASSES)
                    .build()
                    .init()),
    TEXT_GENERATION_LSTM(
            0,
            (shape, seed) -> TextGenerationLSTM.builder()
                    .seed(seed)
                    .inputShape(new int[] {ZooModel.CHARACTERS, ZooModel.STEPS})
                    .totalUniqueCharacters(ZooModel.CHARACTERS)
                    .maxLength(ZooModel.STEPS)
                    .build()
                    .init());

    private static final int CLASSES = 5;
    private static final int CHARACTERS = 20;
    private static final int STEPS = 20;
    private static final int COLOURS = 3;

    private final int side;
    private final BiFunction<int[], Long, Model> maker;

    ZooModel(int side, BiFunction<int[], Long, Model> maker) {
        this.side = side;
        this.maker = maker;
    }

    /** Of the input images; 0 for text. */
    int side() {
        return side;
    }

    Model create(long seed) {
        return maker.apply(new int[] {COLOURS, side, side}, seed);
    }

    /** Random inputs, with labels in the form that the model's output has. */
    DataSet batch(Model network, int size, long seed) {
        Random random = new Random(seed);
        long[] shape = side == 0 ? new long[] {size, CHARACTERS, STEPS} : new long[] {size, COLOURS, side, side};
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
