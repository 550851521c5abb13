/**
 * Says how fast DL4J runs on this machine and why: {@link io.dl4jext.experiments.doctor.Doctor} collects versions,
 * threads and environment, whether the layers reach oneDNN ({@link io.dl4jext.experiments.doctor.OneDnn}), the times of
 * training steps ({@link io.dl4jext.experiments.doctor.StepTimes}), and what to set. Its text heads every benchmark
 * file.
 */
package io.dl4jext.experiments.doctor;
