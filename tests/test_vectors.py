"""Every numerical vector of the reference, computed by the product's own functions from the file's own inputs."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from formulas import formula
from poise.measures import footfalls, gait_profile, posture_angles, questionnaires, spatiotemporal, symmetry
from poise.measures.compensations import fppa_deg
from poise.measures.gait_markers import Detector
from poise.measures.lumbar_speed import pendulum_step_m
from poise.measures.margin_of_stability import extrapolated_centre_of_mass
from poise.measures.position_sense_errors import errors, laser_error_deg, laser_offset_m
from poise.measures.quality import totals
from poise.measures.repetition_frames import Frames
from poise.measures.repetition_kinematics import course_of, course_values
from poise.measures.repetition_motion import plan_for
from poise.measures.repetition_offline import counted_offline
from poise.measures.repetition_set import variability
from poise.measures.task_y_reach import y_reach
from poise.model import SIDES, Bout, Footstep, Recording, Side, Stride, Walk
from poise.progress import forecast, reliability, single_case
from poise.signals import (
    emg,
    emg_cocontraction,
    emg_onset,
    emg_spectrum,
    filters,
    geometry,
    orientation,
    paths,
    phase,
    smoothness,
    spectra,
    sway,
    warping,
)  # fmt: skip
from poise.signals.one_euro import one_euro
from vector_file import PATH, Vector, vectors

VECTORS = vectors()
CHECKS: dict[str, Callable[[Vector], None]] = {}
Check = Callable[[Vector], None]

pytestmark = pytest.mark.data


def of(*ids: str) -> Callable[[Check], Check]:
    """Files a check under the vectors that it reads."""

    def filed(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(ids, check))
        return check

    return filed


def numbers(vector: Vector, *names: str) -> list[np.ndarray]:
    return [np.asarray(vector.inputs[name], float) for name in names]


# ── gait ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@of("gait.symmetry", "gait.symmetry.swapped")
def symmetry_of_two_values(vector: Vector) -> None:
    left, right = vector.inputs["left"], vector.inputs["right"]
    computed = {
        "ratio_left_over_right": left / right,
        "ratio_max_over_min": symmetry.symmetry_ratio(left, right),
        "robinson_SI_percent": float(symmetry.symmetry_index(left, right)),
        "abs_SI_percent": abs(float(symmetry.symmetry_index(left, right))),
        "ASI_max_denominator_percent": symmetry.asymmetry_by_larger(left, right),
        "normalized_difference_percent": symmetry.normalised_difference(left, right),
        "plotnik_GA_percent": symmetry.gait_asymmetry(left, right),
        "symmetry_angle_percent": symmetry.symmetry_angle(left, right),
    }
    vector.holds(**{name: value for name, value in computed.items() if name in vector.expected})


@of("gait.pci")
def phase_coordination(vector: Vector) -> None:
    long, short = numbers(vector, "heel_strikes_long_swing_leg", "heel_strikes_short_swing_leg")
    phi = symmetry.phase_deg(long, short)
    vector.holds(
        phi_deg=phi,
        phi_abs_deg=np.abs(phi - 180).mean(),
        PCI_percent=symmetry.phase_coordination_index(long, short),
    )


@of("gait.temporal")
def temporal(vector: Vector) -> None:
    right_hs, right_to, left_hs, left_to = numbers(vector, "R_hs", "R_to", "L_hs", "L_to")
    strides = tuple(
        Stride(
            side="right", start_s=right_hs[i], opposite_toe_off_s=left_to[left_to > right_hs[i]][0],
            opposite_contact_s=left_hs[left_hs > right_hs[i]][0], toe_off_s=right_to[i], end_s=right_hs[i + 1],
        )
        for i in range(len(right_hs) - 1)
    )  # fmt: skip
    landed = sorted([(time, "right") for time in right_hs] + [(time, "left") for time in left_hs])
    steps = tuple(
        Footstep(side="right" if side == "right" else "left", time_s=time,
                 step_time_s=time - landed[i - 1][0] if i else float("nan"))
        for i, (time, side) in enumerate(landed)
    )  # fmt: skip
    bout = Bout(start_s=landed[0][0], end_s=landed[-1][0])
    walk = Walk(bouts=(bout,), footsteps=steps, strides=strides, method="known@1")
    found = {each.ref: each for each in spatiotemporal.summarise(walk, Recording(id="w", source="", streams={}))[0]}
    stride = found["gait.stride_time@right"]
    vector.holds(mean_stride_time_s=stride.value, stride_time_cv_percent=100 * stride.sd / stride.value,
                 cadence_steps_per_min=found["gait.cadence"].value)  # fmt: skip
    mean = {name: float(np.mean(vector.expected[name])) for name in vector.expected}
    for ours, theirs in (
        ("gait.stance_time@right", "right_stance_s"), ("gait.stance_percent@right", "right_stance_percent"),
        ("gait.step_time@left", "right_to_left_step_time_s"),
        ("gait.step_time@right", "left_to_right_step_time_s"),
        ("gait.double_support_percent@right", "double_support_percent"),
    ):  # fmt: skip
        assert found[ours].value == pytest.approx(mean[theirs], abs=1e-6), ours
    assert 100 - found["gait.stance_percent@right"].value == pytest.approx(mean["right_swing_percent"], abs=1e-6)
    both = mean["initial_double_support_s"] + mean["terminal_double_support_s"]
    assert found["gait.double_support_time@right"].value == pytest.approx(both, abs=1e-6)


@of("gait.stepwidth")
def step_width(vector: Vector) -> None:
    heels = np.array(vector.inputs["heel_positions_m"], float)
    length, leftwards, following = footfalls.on_stride_vector(heels)
    vector.holds(
        stride_length_m=np.linalg.norm(heels[2] - heels[0]),
        step_length_first_m=length[0],
        step_length_second_foot_m=following[0],
        step_width_m=abs(leftwards[0]),
    )


@of("gait.zijlstra")
def inverted_pendulum(vector: Vector) -> None:
    height, leg, factor = (vector.inputs[name] for name in ("h_m", "leg_or_sensor_height_m", "K"))
    vector.holds(
        step_length_m=pendulum_step_m(height, leg, factor),
        uncorrected_step_length_m=pendulum_step_m(height, leg, 1.0),
    )


@of("gait.walkratio")
def walk_ratio(vector: Vector) -> None:
    length, cadence = vector.inputs["step_length_m"], vector.inputs["cadence_spm"]
    ratio = spatiotemporal.walk_ratio(length, cadence)
    vector.holds(walk_ratio_mm_per_spm=ratio, walk_ratio_cm_per_spm=ratio / 10)


@of("gait.mos")
def margin_of_stability(vector: Vector) -> None:
    com, velocity = numbers(vector, "com_m", "com_velocity_mps")
    ahead = extrapolated_centre_of_mass(com, velocity, vector.inputs["pendulum_length_m"])
    vector.holds(
        xcom_m=ahead,
        mos_ap_m=vector.inputs["bos_border_anterior_m"] - ahead[0],
        mos_ml_m=vector.inputs["bos_border_lateral_m"] - ahead[1],
        omega0=float(np.max(velocity / (ahead - com))),
    )


@of("gait.zeni")
def coordinate_events(vector: Vector) -> None:
    rate = vector.inputs["fs_hz"]
    t = formula(vector.inputs["t"], n=vector.inputs["n_samples"], fs=rate)
    sacrum = formula(vector.inputs["sacrum_x"], t=t)
    heel, toe = (formula(vector.inputs[name], t=t, sacrum_x=sacrum) for name in ("heel_x", "toe_x"))
    detector = Detector()
    for found, name in (
        (detector.candidates(heel - sacrum, rate), "heel_strike_samples"),
        (detector.candidates(sacrum - toe, rate), "toe_off_samples"),
    ):
        vector.holds(atol=1.0, **{name: found})


@of("gait.gps")
def profile_score(vector: Vector) -> None:
    vector.holds(gps_deg=gait_profile.profile_score(vector.inputs["gvs_deg"]))


@of("gait.gvs")
def variable_score(vector: Vector) -> None:
    k = np.arange(vector.inputs["n_points"])
    reference = formula(vector.inputs["reference"], k=k)
    patient = formula(vector.inputs["patient"], k=k, reference=reference)
    vector.holds(gvs_deg=gait_profile.variable_score(patient, reference))


# ── balance ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@of("balance.ellipse")
def prediction_ellipse(vector: Vector) -> None:
    points = np.array(vector.inputs["points_mm"], float)
    ours = sway.prediction_ellipse(points)
    vector.holds(
        chi2_approximation_area=ours.area,
        prediction_area_F=sway.prediction_ellipse(points, form="f").area,
        prieto_1996_area_2piF=sway.prieto_ellipse_area(points),
        major_axis_angle_deg_from_x=ours.angle_deg % 180.0,
    )


@of("balance.prieto")
def time_domain(vector: Vector) -> None:
    found = sway.time_domain(vector.inputs["points_mm"], vector.inputs["fs_hz"])
    vector.holds(
        duration_s=found.duration_s, path_length_mm=found.path, path_length_ml=found.path_ml,
        path_length_ap=found.path_ap, mean_velocity_mm_s=found.velocity, mean_velocity_ml=found.velocity_ml,
        mean_velocity_ap=found.velocity_ap, mean_distance_RD=found.mean_distance, rms_RD=found.rms,
        rms_ml=found.rms_ml, rms_ap=found.rms_ap, range_ml=found.range_ml, range_ap=found.range_ap,
        sway_area_mm2_s=found.area_rate, mean_frequency_hz=found.mean_frequency_hz,
        mean_frequency_ap_hz=found.mean_frequency_ap_hz,
    )  # fmt: skip


@of("balance.circle")
def circular_sway(vector: Vector) -> None:
    known = {"r": vector.inputs["radius_mm"], "f": vector.inputs["frequency_hz"]}
    t = np.arange(vector.inputs["n_samples"]) / vector.inputs["fs_hz"]
    points = np.column_stack([formula(vector.inputs[axis], t=t, **known) for axis in ("x", "y")])
    found = sway.time_domain(points, vector.inputs["fs_hz"])
    vector.holds(
        rtol=1e-3, path_length_mm=found.path, mean_velocity_mm_s=found.velocity,
        mean_frequency_hz=found.mean_frequency_hz, sway_area_mm2_s=found.area_rate, rms_RD=found.rms,
    )  # fmt: skip


@of("balance.jerk")
def sway_jerk(vector: Vector) -> None:
    rate = vector.inputs["fs_hz"]
    t = np.arange(rate * vector.inputs["duration_s"] + 1) / rate
    acceleration = np.column_stack([formula(vector.inputs[name], t=t) for name in ("acc_ap", "acc_ml")])
    spread = np.sqrt((acceleration[:-1] ** 2).mean(axis=0))
    vector.holds(
        rtol=5e-3, jerk_m2_s5=sway.sway_jerk(acceleration, rate), rms_ap=spread[0], rms_ml=spread[1],
        rms_total=np.hypot(*spread),
    )  # fmt: skip


@of("balance.romberg")
def romberg(vector: Vector) -> None:
    eyes = vector.inputs["eyes_open"], vector.inputs["eyes_closed"]
    vector.holds(
        romberg_quotient=sway.romberg_quotient(*eyes), romberg_percent_change=sway.romberg_percent_change(*eyes)
    )


# ── quality of a movement ────────────────────────────────────────────────────────────────────────────────────────────


@of("smooth.gauss")
def smooth_gaussian(vector: Vector) -> None:
    speed = formula(vector.inputs["speed"], t=formula(vector.inputs["t"]))
    rate = vector.inputs["fs_hz"]
    vector.holds(
        SPARC=smoothness.spectral_arc_length(
            speed, rate, cutoff_hz=vector.inputs["fc_hz"], least_amplitude=vector.inputs["amp_th"],
            padding=vector.inputs["padlevel"],
        ),
        dimensionless_jerk=smoothness.dimensionless_jerk(speed, rate),
        LDLJ=smoothness.log_dimensionless_jerk(speed, rate),
    )  # fmt: skip


def minimum_jerk(vector: Vector) -> tuple[np.ndarray, np.ndarray]:
    tau = np.arange(vector.inputs["n"] + 1) / vector.inputs["n"]
    return tau, 30 * tau**2 - 60 * tau**3 + 30 * tau**4


@of("smooth.minjerk")
def smooth_minimum_jerk(vector: Vector) -> None:
    rate, (_, speed) = vector.inputs["fs_hz"], minimum_jerk(vector)
    vector.holds(
        SPARC=smoothness.spectral_arc_length(speed, rate),
        SPARC_fc20=smoothness.spectral_arc_length(speed, rate, cutoff_hz=20.0),
        dimensionless_jerk_discrete=smoothness.dimensionless_jerk(speed, rate),
        LDLJ_discrete=smoothness.log_dimensionless_jerk(speed, rate),
    )


@of("smooth.twosub")
def smooth_two_submovements(vector: Vector) -> None:
    rate, duration, delay = (vector.inputs[name] for name in ("fs_hz", "submovement_duration_s", "second_delay_s"))
    t = np.arange(round((duration + delay) * rate) + 1) / rate

    def single(at: np.ndarray) -> np.ndarray:
        u = np.clip(at / duration, 0, 1)
        return 30 * u**2 - 60 * u**3 + 30 * u**4

    speed = single(t) + vector.inputs["second_amplitude"] * single(t - delay)
    vector.holds(
        n_samples=len(t),
        SPARC=smoothness.spectral_arc_length(speed, rate),
        LDLJ=smoothness.log_dimensionless_jerk(speed, rate),
    )


@of("smooth.tremor")
def smooth_tremor(vector: Vector) -> None:
    rate, (tau, v) = vector.inputs["fs_hz"], minimum_jerk(vector)
    speed = formula(vector.inputs["speed"].split(" with ")[0], tau=tau, v=v)
    vector.holds(SPARC=smoothness.spectral_arc_length(speed, rate), LDLJ=smoothness.log_dimensionless_jerk(speed, rate))


@of("balance.ybt")
def y_balance(vector: Vector) -> None:
    given = vector.inputs
    reaches = (given[f"{name}_cm"] for name in ("anterior", "posteromedial", "posterolateral"))
    found = y_reach(*reaches, given["leg_length_cm"])
    # The file prints eight decimals and asks for nine.
    vector.holds(
        atol=1e-8, composite_percent=found.composite_percent, anterior_percent=found.anterior_percent,
        posteromedial_percent=found.posteromedial_percent, posterolateral_percent=found.posterolateral_percent,
    )  # fmt: skip


@of("path.semicircle")
def semicircle(vector: Vector) -> None:
    theta = formula(vector.inputs["theta"], n=vector.inputs["n_points"])
    path = np.column_stack([formula(vector.inputs[axis], theta=theta, R=vector.inputs["R_m"]) for axis in ("x", "y")])
    found = paths.straightness(path)
    vector.holds(
        path_length_m=found.length, chord_m=found.chord, path_ratio=found.path_ratio, straightness=found.straightness,
        max_perpendicular_deviation_m=found.deviation,
    )  # fmt: skip


@of("dtw.simple")
def time_warping(vector: Vector) -> None:
    found = warping.warp_offline(vector.inputs["a"], vector.inputs["b"])
    vector.holds(distance=found.distance, distance_over_sum_of_lengths=found.distance / sum(found.lengths))


@of("crp.sines")
def relative_phase(vector: Vector) -> None:
    t = np.arange(vector.inputs["n_samples"]) / vector.inputs["fs_hz"]
    first, second = (formula(vector.inputs[name], t=t) for name in ("first", "second"))
    inner = phase.relative_phase_deg_offline(first, second)[100:900]
    found = phase.phase_summary(inner[None, :])
    vector.holds(
        atol=0.5, crp_mean_deg=found.mean, crp_expected_deg=found.mean, marp_deg=found.marp, crp_sd_deg=inner.std()
    )


@of("vectorcoding")
def vector_coding(vector: Vector) -> None:
    found = phase.vector_coding(vector.inputs["proximal_deg"], vector.inputs["distal_deg"])
    vector.holds(
        coupling_angles_deg=found.angle_deg,
        pattern=[f"{phase.pattern(float(each))}" for each in found.angle_deg],
        circular_mean_deg=found.mean_deg,
        mean_vector_length=found.length,
        coupling_angle_variability_deg=found.variability_deg,
    )


@of("variability")
def spread(vector: Vector) -> None:
    found = variability(vector.inputs["values"])
    vector.holds(mean=found.mean, sd_sample=found.sd, cv_percent=found.cv_percent, mad_scaled=found.mad)


@of("quality.aggregate")
def quality(vector: Vector) -> None:
    found = totals(vector.inputs["parts"], vector.inputs["weights"])
    vector.holds(
        weighted_mean_0_100=found.weighted_mean, weighted_geometric_0_100=found.weighted_geometric,
        worst_part_0_100=found.worst, capped_0_100=found.capped,
    )  # fmt: skip


@of("fppa", "fppa.left")
def knee_in_the_frontal_plane(vector: Vector) -> None:
    side: Side = "left" if vector.id.endswith("left") else "right"
    found = fppa_deg(*numbers(vector, "hip", "knee", "ankle"), side)
    vector.holds(fppa_magnitude_deg=abs(found), fppa_signed_medial_positive_deg=found)


@of("reps.cosine")
def repetitions_of_a_cosine(vector: Vector) -> None:
    size, period, rate_hz, count = (vector.inputs[n] for n in ("A_deg", "period_s", "fs_hz", "n_samples"))
    time_s = np.arange(count) / rate_hz
    angle = size / 2 * (1 - np.cos(2 * np.pi * time_s / period))
    frames = Frames(time_s=time_s, view="sagittal", readings={f"m_knee_flexion.{side}": angle for side in SIDES})
    found = counted_offline(plan_for("m_knee_flexion"), frames).repetitions
    told = [{name: value for name, value, _ in course_values(course_of(time_s, angle, each))} for each in found]
    times = {
        "boundaries_s": [each.start_s for each in found] + [found[-1].end_s],
        "peaks_s": [each.apex_s for each in found],
        "concentric_s": np.mean([each["time_out"] for each in told]),
        "eccentric_s": np.mean([each["time_back"] for each in told]),
    }
    vector.holds(repetitions=len(found), atol=1e-9)
    vector.holds(**times, atol=1 / rate_hz + 1e-9)
    vector.holds(rom_deg=np.mean([each.range for each in found]), rtol=0.005)
    vector.holds(peak_velocity_deg_s=max(each["peak_velocity"] for each in told), rtol=0.005)
    vector.holds(rep_duration_cv_percent=variability([each.duration_s for each in found]).cv_percent, atol=1e-6)


# ── body sense, muscles, posture ─────────────────────────────────────────────────────────────────────────────────────


@of("jps")
def position_sense(vector: Vector) -> None:
    found = errors(vector.inputs["responses_deg"], vector.inputs["target_deg"])
    sample_sd = found.variable * math.sqrt(found.n / (found.n - 1))
    vector.holds(
        absolute_error=found.absolute, constant_error=found.constant, variable_error_population_sd=found.variable,
        variable_error_sample_sd=sample_sd, rms_error=found.rms,
    )  # fmt: skip


@of("cjpe")
def neck_position_error(vector: Vector) -> None:
    distance_m = vector.inputs["distance_cm"] / 100
    vector.holds(
        jpe_deg=float(laser_error_deg(vector.inputs["offset_cm"] / 100, distance_m)),
        offset_for_4p5deg_cm=100 * float(laser_offset_m(4.5, distance_m)),
    )


@of("emg.tkeo")
def teager_kaiser(vector: Vector) -> None:
    known = vector.inputs
    x = formula(known["x"], A=known["A"], f=known["f_hz"], fs=known["fs_hz"], n=np.arange(200))
    energy = emg.tkeo(x)
    vector.holds(tkeo=energy[1:-1].mean())
    vector.holds(tkeo=energy[7])


@of("emg.onset.step")
def onset_of_a_step(vector: Vector) -> None:
    n = np.arange(vector.inputs["n"])
    on, quiet = vector.inputs["on"], vector.inputs["b"]
    x = quiet * np.where(n % 2, 1.0, -1.0) * np.where(n >= on, 20.0, 1.0)
    rectified = np.abs(x)
    rest = rectified[:300]
    threshold = float(rest.mean() + 3 * rest.std())
    first, last = emg_onset.first_exceeding_window(rectified, vector.inputs["window"], threshold) or (-1, -1)
    vector.holds(first_window_start=first, window_end_sample=last, true_onset=last, threshold=threshold)


@of("emg.cci")
def cocontraction(vector: Vector) -> None:
    pair = numbers(vector, "agonist", "antagonist")
    vector.holds(
        rudolph_mean=emg_cocontraction.rudolph(*pair), rudolph_sum=emg_cocontraction.rudolph_sum(*pair),
        falconer_winter_percent_sum=emg_cocontraction.falconer_winter_sum(*pair),
        falconer_winter_percent_trapz=emg_cocontraction.falconer_winter(*pair),
        wasted_contraction=emg_cocontraction.wasted(*pair),
    )  # fmt: skip


@of("emg.medfreq")
def median_frequency(vector: Vector) -> None:
    rate = vector.inputs["fs_hz"]
    x = formula(vector.inputs["x"], t=np.arange(vector.inputs["n"]) / rate)
    found = spectra.periodogram_offline(x, rate)
    vector.holds(
        atol=0.5, mean_frequency_hz=spectra.mean_frequency_hz(found),
        median_frequency_hz=emg_spectrum.median_frequency_hz(found),
    )  # fmt: skip


@of("posture.cva")
def craniovertebral_angle(vector: Vector) -> None:
    c7, tragus = (posture_angles.square_pixels(each, 1, 1) for each in numbers(vector, "c7", "tragus"))
    vector.holds(cva_deg=float(posture_angles.craniovertebral_angle_deg(c7, tragus)))


@of("posture.aspect")
def craniovertebral_angle_of_a_wide_picture(vector: Vector) -> None:
    size = vector.inputs["width"], vector.inputs["height"]
    c7, tragus = (posture_angles.square_pixels(each, *size) for each in numbers(vector, "c7", "tragus"))
    vector.holds(cva_deg_correct=float(posture_angles.craniovertebral_angle_deg(c7, tragus)))


@of("posture.trunk")
def trunk_inclination(vector: Vector) -> None:
    shoulder, hip = (posture_angles.square_pixels(each, 1, 1) for each in numbers(vector, "shoulder", "hip"))
    vector.holds(trunk_inclination_deg=float(posture_angles.from_vertical_deg(hip, shoulder)))


# ── kinematics, filters, orientation ─────────────────────────────────────────────────────────────────────────────────


@of("filter.oneeuro")
def live_smoothing(vector: Vector) -> None:
    known, state, smoothed = vector.inputs, None, []
    for i, x in enumerate(known["x"], 1):
        state, y = one_euro(
            state, i / known["freq_hz"], x, least_cutoff_hz=known["mincutoff"], beta=known["beta"],
            speed_cutoff_hz=known["dcutoff"],
        )  # fmt: skip
        smoothed.append(y)
    vector.holds(y=smoothed)


@of("filter.butter")
def butterworth(vector: Vector) -> None:
    order, cutoff, rate = (vector.inputs[name] for name in ("per_pass_order", "target_fc_hz", "fs_hz"))
    design = filters.two_pass_cutoff_hz(cutoff, rate, passes_order=order)
    t = np.arange(20 * int(rate)) / rate
    tone = np.sin(2 * np.pi * cutoff * t)
    passed = filters.lowpass_offline(tone, rate, cutoff, order=2 * order)[500:-500]
    vector.holds(exact_prewarped_fc_hz=design)
    assert np.sqrt(2 * np.mean(passed**2)) == pytest.approx(vector.expected["dual_pass_gain_at_fc"], abs=1e-3)


@of("vqf.static")
def vqf_static(vector: Vector) -> None:
    n = vector.inputs["n"]
    gyr, acc = (np.tile(vector.inputs[name], (n, 1)).astype(float) for name in ("gyr_rad_s", "acc_m_s2"))
    found = orientation.orientation(gyr, acc, 1.0 / vector.inputs["dt_s"])
    up = orientation.rotate(found.quaternion[-1], np.array([0.0, 0.0, 1.0]))
    vector.holds(
        quat6D=found.quaternion[-1],
        tilt_deg=math.degrees(math.acos(up[2])),
        rest_detected_at_end=bool(found.resting[-1]),
    )


@of("vqf.yaw")
def vqf_yaw(vector: Vector) -> None:
    n = vector.inputs["n"]
    gyr = np.zeros((n, 3))
    gyr[50:150, 2] = math.radians(90.0)
    found = orientation.orientation(gyr, np.tile(vector.inputs["acc"], (n, 1)), 1.0 / vector.inputs["dt_s"])
    vector.holds(yaw_change_deg=float(orientation.angle_deg(found.quaternion[0], found.quaternion[-1])))


@of("vqf.bias")
def vqf_bias(vector: Vector) -> None:
    n = vector.inputs["n"]
    gyr = np.tile(np.radians(vector.inputs["gyr_deg_s"]), (n, 1))
    found = orientation.orientation(gyr, np.tile(vector.inputs["acc"], (n, 1)), 1.0 / vector.inputs["dt_s"])
    vector.holds(bias_deg_s=np.degrees(found.bias_rad_s[-1]))


@of("kin.grood")
def joint_coordinate_system(vector: Vector) -> None:
    angles = np.array([vector.inputs[name] for name in ("z_deg", "x_deg", "y_deg")], float)
    rotation = geometry.rotation_from_cardan(angles, "ZXY")
    vector.holds(
        rotation_matrix=rotation,
        quaternion_wxyz=orientation.from_matrix(rotation),
        recovered_zxy_deg=geometry.cardan_angles(rotation, "ZXY"),
    )


@of("kin.knee3pt")
def three_point_knee(vector: Vector) -> None:
    vector.holds(knee_flexion_deg=float(geometry.flexion_angle(*numbers(vector, "hip", "knee", "ankle"))))


# ── scales and statistics ────────────────────────────────────────────────────────────────────────────────────────────


@of("scale.dash")
def dash(vector: Vector) -> None:
    known = vector.inputs
    vector.holds(
        dash=questionnaires.dash(known["dash_sum"], known["dash_answered"]),
        quickdash=questionnaires.dash(known["quickdash_sum"], known["quickdash_answered"], items=11),
    )


@of("scale.odi")
def disability_index(vector: Vector) -> None:
    vector.holds(percent=questionnaires.disability_index(vector.inputs["sum"], vector.inputs["answered"]))


@of("scale.ikdc")
def ikdc(vector: Vector) -> None:
    vector.holds(percent=questionnaires.ikdc(vector.inputs["sum_zero_based"], vector.inputs["max_possible_answered"]))


@of("scale.koosjr")
def koos_and_hoos(vector: Vector) -> None:
    vector.holds(
        koos_jr=questionnaires.koos_jr(vector.inputs["koos_jr_raw"]),
        hoos_jr=questionnaires.hoos_jr(vector.inputs["hoos_jr_raw"]),
    )


@of("stats.icc")
def intraclass_correlation(vector: Vector) -> None:
    found = reliability.reliability(vector.inputs["ratings_rows_subjects"])
    vector.holds(
        ICC11=found.icc_1, ICC21=found.icc_2, ICC31=found.icc_3, SEM_consistency_sqrtMSE=found.sem_consistency,
        SEM_agreement_sqrt_withinMS=found.sem_agreement,
        MDC95_consistency=reliability.smallest_real_change(found.sem_consistency),
        MDC90_consistency=reliability.smallest_real_change(found.sem_consistency, z=reliability.Z90),
    )  # fmt: skip


@of("stats.rci")
def reliable_change(vector: Vector) -> None:
    sem = reliability.standard_error(vector.inputs["sd_baseline"], vector.inputs["reliability"])
    index = reliability.reliable_change_index(vector.inputs["pre"], vector.inputs["post"], sem)
    vector.holds(
        SEM=sem, S_diff=math.sqrt(2) * sem, RCI=index, MDC95=reliability.smallest_real_change(sem),
        reliable=abs(index) > reliability.Z95,
    )  # fmt: skip


@of("stats.tau")
def tau(vector: Vector) -> None:
    found = single_case.non_overlap(vector.inputs["A"], vector.inputs["B"])
    vector.holds(NAP=found.nap, Tau=found.tau, Tau_U=found.tau_u, S_AB=found.s_ab, S_AA=found.s_aa)


@of("stats.bayes.level")
def level(vector: Vector) -> None:
    known = vector.inputs
    found = forecast.level(known["prior_mean"], known["prior_sd"], known["measurement_sd"], known["y"])
    vector.holds(
        posterior_mean=found.mean, posterior_sd=found.sd, predictive_sd_next=found.next_sd,
        predictive_95=found.next_interval(),
    )  # fmt: skip


@of("stats.trend")
def trend(vector: Vector) -> None:
    found = forecast.trend(vector.inputs["x"], vector.inputs["y"])
    at = vector.expected["x0"]
    vector.holds(
        slope=found.slope, intercept=found.intercept, residual_sd=found.residual_sd, forecast=found.at(at),
        pi95=found.interval_at(at), theil_sen_slope=found.theil_sen_slope,
    )  # fmt: skip


@of("rts.lsi")
def limb_symmetry(vector: Vector) -> None:
    found = reliability.limb_symmetry_percent(vector.inputs["involved"], vector.inputs["uninvolved"])
    vector.holds(LSI_percent=found, meets_90=found >= 90.0)


# ── every vector is read ─────────────────────────────────────────────────────────────────────────────────────────────


def test_every_vector_is_read() -> None:
    if not VECTORS:
        pytest.skip(f"no test vectors at {PATH}")
    assert set(VECTORS) <= set(CHECKS), f"no test reads {sorted(set(VECTORS) - set(CHECKS))}"


@pytest.mark.parametrize("vector", list(VECTORS.values()), ids=list(VECTORS))
def test_vector(vector: Vector) -> None:
    assert vector.id in CHECKS, f"no test reads the vector {vector.id}"
    CHECKS[vector.id](vector)
