package io.dl4jext.fisher;

import static io.dl4jext.fisher.FailingLayer.Where.BACKWARD_OF_LAYER;
import static io.dl4jext.fisher.FailingLayer.Where.BACKWARD_OF_TWIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.opentest4j.TestAbortedException;

/** What DL4J's native code refuses on a machine skips a case; everything else fails it. */
class PlainPassTest {

    private static final Setting SETTING = new Setting(DataType.DOUBLE, 5, WorkspaceMode.ENABLED, false, 1);

    private static final Case CASE = Case.layers(
            "a case of PlainPassTest",
            list -> list.layer(new FailingLayer(3))
                    .layer(new OutputLayer.Builder(LossFunction.MSE)
                            .nOut(2)
                            .activation(Activation.IDENTITY)
                            .build())
                    .setInputType(InputType.feedForward(4)),
            setting -> {
                Draw draw = setting.draw();
                return Draw.data(draw.normal(setting.batch, 4), draw.normal(setting.batch, 2));
            });

    private static final PerSampleGradientContract CONTRACT = new PerSampleGradientContract() {
        @Override
        List<Case> cases() {
            return List.of(CASE);
        }
    };

    /** As 1.0.0-beta7 has it on some virtual machines. */
    private static RuntimeException ofTheMachine() {
        return new RuntimeException("Op [conv1d] execution failed", new RuntimeException("x2APIC is not supported"));
    }

    @AfterEach
    void failNoMore() {
        FailingLayer.failAt(null, 0);
    }

    @Test
    void whatNothingStopsPasses() {
        CONTRACT.gramMatrixOfPerSampleGradients(CASE, SETTING);
    }

    @Test
    void aPlainPassThatTheMachineCannotRunSkipsTheCase() {
        FailingLayer.failAlwaysAt(BACKWARD_OF_LAYER, ofTheMachine());
        assertThatThrownBy(() -> CONTRACT.gramMatrixOfPerSampleGradients(CASE, SETTING))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("a case of PlainPassTest; " + SETTING)
                .hasMessageContaining("Op [conv1d] execution failed: x2APIC is not supported");
    }

    @Test
    void measuringThatFailsWhereAPlainPassDoesNotFailsTheCase() {
        FailingLayer.failAlwaysAt(BACKWARD_OF_TWIN, ofTheMachine());
        Throwable thrown = catchThrowable(() -> CONTRACT.gramMatrixOfPerSampleGradients(CASE, SETTING));
        assertThat(thrown)
                .isNotNull()
                .isNotInstanceOf(TestAbortedException.class)
                .hasStackTraceContaining("x2APIC");
    }

    @Test
    void aPlainPassThatFailsOtherwiseFailsTheCase() {
        FailingLayer.failAlwaysAt(BACKWARD_OF_LAYER, new IllegalStateException("injected"));
        assertThatThrownBy(() -> CONTRACT.gramMatrixOfPerSampleGradients(CASE, SETTING))
                .isNotInstanceOf(TestAbortedException.class)
                .hasMessageContaining("injected");
    }
}
