using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;

namespace DistRec.Training.Jobs;

/// <content>Each model's settings as messages carry them.</content>
public static partial class JobSpecs
{
    /// <summary>Whether two specifications are of one model with the same settings.</summary>
    internal static bool HaveSameModel(JobSpec one, JobSpec other) =>
        Equals(one.Als, other.Als) && Equals(one.Mf, other.Mf) && Equals(one.Baseline, other.Baseline) && Equals(one.ImplicitAls, other.ImplicitAls)
        && Equals(one.Nmf, other.Nmf) && Equals(one.Bpmf, other.Bpmf) && Equals(one.Feedback, other.Feedback) && HaveSameFm(one.Fm, other.Fm);

    /// <summary>The settings that a specification was made from; threads are those of the nodes.</summary>
    internal static TrainingSettings SettingsOf(JobSpec spec) => new()
    {
        Baseline = spec.Baseline is null ? null : BaselineOf(spec),
        Als = spec.Als is null ? null : AlsOf(spec),
        Mf = spec.Mf is null ? null : MfOf(spec),
        ImplicitAls = spec.ImplicitAls is null ? null : ImplicitAlsOf(spec),
        Nmf = spec.Nmf is null ? null : NmfOf(spec),
        Bpmf = spec.Bpmf is null ? null : BpmfOf(spec),
        Feedback = spec.Feedback is null ? null : FeedbackOf(spec),
        Fm = spec.Fm is null ? null : FmOf(spec),
        Epochs = spec.Epochs,
        Patience = spec.Patience,
        Partitions = spec.UserStarts.Count - 1,
        Clocks = spec.Clocks,
        Consistency = ConsistencyOf(spec),
        CheckpointEvery = spec.CheckpointEvery,
    };

    /// <summary>The row solver of an alternating model.</summary>
    public static IRowSolver SolverOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.ModelCase switch
        {
            JobSpec.ModelOneofCase.Als => new AlsSolver(AlsOf(spec)),
            JobSpec.ModelOneofCase.ImplicitAls => new ImplicitAlsSolver(ImplicitAlsOf(spec)),
            JobSpec.ModelOneofCase.Nmf => new NmfSolver(NmfOf(spec)),
            JobSpec.ModelOneofCase.Bpmf => new BpmfSolver(BpmfOf(spec)),
            JobSpec.ModelOneofCase.Baseline => new BaselineSolver(BaselineOf(spec)),
            _ => throw new InvalidOperationException($"{spec.ModelCase} is not trained by alternation"),
        };
    }

    /// <summary>The settings of <c>als</c> in a specification.</summary>
    public static AlsOptions AlsOf(JobSpec spec) => SettingsOf<AlsOptions>(spec, spec?.Als);

    /// <summary>The settings of <c>svd++</c>, <c>asvd</c> or <c>nsvd</c> in a specification.</summary>
    public static FeedbackOptions FeedbackOf(JobSpec spec) => SettingsOf<FeedbackOptions>(spec, spec?.Feedback);

    /// <summary>The settings of <c>baseline</c> in a specification.</summary>
    public static BaselineOptions BaselineOf(JobSpec spec) => SettingsOf<BaselineOptions>(spec, spec?.Baseline);

    /// <summary>The settings of <c>mf</c> in a specification.</summary>
    public static MfOptions MfOf(JobSpec spec) => SettingsOf<MfOptions>(spec, spec?.Mf);

    /// <summary>The settings of <c>als-implicit</c> in a specification.</summary>
    public static ImplicitAlsOptions ImplicitAlsOf(JobSpec spec) => SettingsOf<ImplicitAlsOptions>(spec, spec?.ImplicitAls);

    /// <summary>The settings of <c>nmf</c> in a specification.</summary>
    public static NmfOptions NmfOf(JobSpec spec) => SettingsOf<NmfOptions>(spec, spec?.Nmf);

    /// <summary>The settings of <c>bpmf</c> in a specification.</summary>
    public static BpmfOptions BpmfOf(JobSpec spec) => SettingsOf<BpmfOptions>(spec, spec?.Bpmf);

    /// <summary>The settings of <c>fm</c> or <c>poly-svm</c> in a specification.</summary>
    public static FmOptions FmOf(JobSpec spec) => SettingsOf<FmOptions>(spec, spec?.Fm);

    private static TSettings SettingsOf<TSettings>(JobSpec spec, object? message)
        where TSettings : class, new()
    {
        ArgumentNullException.ThrowIfNull(spec);
        return SettingsCopy.ToSettings<TSettings>(message ?? throw new InvalidOperationException($"the job trains {spec.ModelName}, which has no {typeof(TSettings).Name}"));
    }

    private static void SetModel(JobSpec spec, TrainingSettings settings)
    {
        switch (settings)
        {
            case { Baseline: { } baseline }:
                spec.Baseline = SettingsCopy.ToMessage<BaselineSpec>(baseline);
                break;
            case { Als: { } als }:
                spec.Als = SettingsCopy.ToMessage<AlsSpec>(als);
                break;
            case { Mf: { } mf }:
                spec.Mf = SettingsCopy.ToMessage<MfSpec>(mf);
                break;
            case { ImplicitAls: { } implicitAls }:
                spec.ImplicitAls = SettingsCopy.ToMessage<ImplicitAlsSpec>(implicitAls);
                break;
            case { Nmf: { } nmf }:
                spec.Nmf = SettingsCopy.ToMessage<NmfSpec>(nmf);
                break;
            case { Feedback: { } feedback }:
                spec.Feedback = SettingsCopy.ToMessage<FeedbackSpec>(feedback);
                break;
            case { Bpmf: { } bpmf }:
                spec.Bpmf = SettingsCopy.ToMessage<BpmfSpec>(bpmf);
                break;
        }
    }
}
