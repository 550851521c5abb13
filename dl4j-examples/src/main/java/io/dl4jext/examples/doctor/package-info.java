/**
 * Says how fast DL4J runs on this machine and why: {@link io.dl4jext.examples.doctor.Doctor} collects versions, threads
 * and environment, whether the layers reach oneDNN ({@link io.dl4jext.examples.doctor.OneDnn}), the times of training steps
 * ({@link io.dl4jext.examples.doctor.StepTimes}), and what to set. Its text heads every benchmark file.
 */
package io.dl4jext.examples.doctor;
