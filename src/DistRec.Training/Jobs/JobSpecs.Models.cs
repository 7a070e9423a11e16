using DistRec.Models;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;
using DistRec.Training.Protocol;

namespace DistRec.Training.Jobs;

/// <content>Each model's settings as messages carry them.</content>
public static partial class JobSpecs
{
    /// <summary>Whether two specifications are of one model with the same settings.</summary>
    internal static bool HaveSameModel(JobSpec one, JobSpec other) =>
        Equals(one.Als, other.Als) && Equals(one.Mf, other.Mf) && Equals(one.Baseline, other.Baseline) && Equals(one.ImplicitAls, other.ImplicitAls)
        && Equals(one.Nmf, other.Nmf) && Equals(one.Bpmf, other.Bpmf) && Equals(one.Feedback, other.Feedback) && HaveSameFm(one.Fm, other.Fm);

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
    public static AlsOptions AlsOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        AlsSpec als = spec.Als;
        return new AlsOptions
        {
            Rank = als.Rank,
            Regularization = als.Regularization,
            BiasRegularization = als.BiasRegularization,
            RegularizationExponent = als.RegularizationExponent,
            Biases = als.Biases,
            InitialScale = als.InitialScale,
            Seed = als.Seed,
        };
    }

    /// <summary>The settings of <c>svd++</c>, <c>asvd</c> or <c>nsvd</c> in a specification.</summary>
    public static FeedbackOptions FeedbackOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        FeedbackSpec feedback = spec.Feedback;
        return new FeedbackOptions
        {
            Form = (Models.Feedback.FeedbackForm)feedback.Form,
            Rank = feedback.Rank,
            LearningRate = feedback.LearningRate,
            BiasLearningRate = feedback.BiasLearningRate,
            FeedbackLearningRate = feedback.FeedbackLearningRate,
            LearningRateDecay = feedback.LearningRateDecay,
            Regularization = feedback.Regularization,
            BiasRegularization = feedback.BiasRegularization,
            FeedbackRegularization = feedback.FeedbackRegularization,
            InitialScale = feedback.InitialScale,
            Seed = feedback.Seed,
        };
    }

    /// <summary>The settings of <c>baseline</c> in a specification.</summary>
    public static BaselineOptions BaselineOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new BaselineOptions
        {
            UserRegularization = spec.Baseline.UserRegularization,
            ItemRegularization = spec.Baseline.ItemRegularization,
        };
    }

    /// <summary>The settings of <c>mf</c> in a specification.</summary>
    public static MfOptions MfOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        MfSpec mf = spec.Mf;
        return new MfOptions
        {
            Rank = mf.Rank,
            LearningRate = mf.LearningRate,
            LearningRateDecay = mf.LearningRateDecay,
            Regularization = mf.Regularization,
            BiasRegularization = mf.BiasRegularization,
            Biases = mf.Biases,
            InitialScale = mf.InitialScale,
            Seed = mf.Seed,
        };
    }

    /// <summary>The settings of <c>als-implicit</c> in a specification.</summary>
    public static ImplicitAlsOptions ImplicitAlsOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ImplicitAlsSpec implicitAls = spec.ImplicitAls;
        return new ImplicitAlsOptions
        {
            Rank = implicitAls.Rank,
            Regularization = implicitAls.Regularization,
            RegularizationExponent = implicitAls.RegularizationExponent,
            Alpha = implicitAls.Alpha,
            ConfidenceGiven = implicitAls.ConfidenceGiven,
            Method = (ImplicitMethod)implicitAls.Method,
            Steps = implicitAls.Steps,
            BlockSize = implicitAls.BlockSize,
            InitialScale = implicitAls.InitialScale,
            Seed = implicitAls.Seed,
        };
    }

    /// <summary>The settings of <c>nmf</c> in a specification.</summary>
    public static NmfOptions NmfOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        NmfSpec nmf = spec.Nmf;
        return new NmfOptions
        {
            Rank = nmf.Rank,
            Regularization = nmf.Regularization,
            RegularizationExponent = nmf.RegularizationExponent,
            Sweeps = nmf.Sweeps,
            InitialScale = nmf.InitialScale,
            Seed = nmf.Seed,
        };
    }

    /// <summary>The settings of <c>bpmf</c> in a specification.</summary>
    public static BpmfOptions BpmfOf(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        BpmfSpec bpmf = spec.Bpmf;
        return new BpmfOptions
        {
            Rank = bpmf.Rank,
            Precision = bpmf.Precision,
            BurnIn = bpmf.BurnIn,
            PriorStrength = bpmf.PriorStrength,
            InitialScale = bpmf.InitialScale,
            Seed = bpmf.Seed,
        };
    }

    private static void SetModel(JobSpec spec, TrainingSettings settings)
    {
        if (settings.Baseline is { } baseline)
        {
            spec.Baseline = new BaselineSpec
            {
                UserRegularization = baseline.UserRegularization,
                ItemRegularization = baseline.ItemRegularization,
            };
        }
        else if (settings.Als is { } als)
        {
            spec.Als = new AlsSpec
            {
                Rank = als.Rank,
                Regularization = als.Regularization,
                BiasRegularization = als.BiasRegularization,
                RegularizationExponent = als.RegularizationExponent,
                Biases = als.Biases,
                InitialScale = als.InitialScale,
                Seed = als.Seed,
            };
        }
        else if (settings.Mf is { } mf)
        {
            spec.Mf = new MfSpec
            {
                Rank = mf.Rank,
                LearningRate = mf.LearningRate,
                LearningRateDecay = mf.LearningRateDecay,
                Regularization = mf.Regularization,
                BiasRegularization = mf.BiasRegularization,
                Biases = mf.Biases,
                InitialScale = mf.InitialScale,
                Seed = mf.Seed,
            };
        }
        else if (settings.ImplicitAls is { } implicitAls)
        {
            spec.ImplicitAls = new ImplicitAlsSpec
            {
                Rank = implicitAls.Rank,
                Regularization = implicitAls.Regularization,
                RegularizationExponent = implicitAls.RegularizationExponent,
                Alpha = implicitAls.Alpha,
                ConfidenceGiven = implicitAls.ConfidenceGiven,
                Method = (ImplicitSolving)implicitAls.Method,
                Steps = implicitAls.Steps,
                BlockSize = implicitAls.BlockSize,
                InitialScale = implicitAls.InitialScale,
                Seed = implicitAls.Seed,
            };
        }
        else if (settings.Nmf is { } nmf)
        {
            spec.Nmf = new NmfSpec
            {
                Rank = nmf.Rank,
                Regularization = nmf.Regularization,
                RegularizationExponent = nmf.RegularizationExponent,
                Sweeps = nmf.Sweeps,
                InitialScale = nmf.InitialScale,
                Seed = nmf.Seed,
            };
        }
        else if (settings.Feedback is { } feedback)
        {
            spec.Feedback = new FeedbackSpec
            {
                Form = (Protocol.FeedbackForm)feedback.Form,
                Rank = feedback.Rank,
                LearningRate = feedback.LearningRate,
                BiasLearningRate = feedback.BiasLearningRate,
                FeedbackLearningRate = feedback.FeedbackLearningRate,
                LearningRateDecay = feedback.LearningRateDecay,
                Regularization = feedback.Regularization,
                BiasRegularization = feedback.BiasRegularization,
                FeedbackRegularization = feedback.FeedbackRegularization,
                InitialScale = feedback.InitialScale,
                Seed = feedback.Seed,
            };
        }
        else if (settings.Bpmf is { } bpmf)
        {
            spec.Bpmf = new BpmfSpec
            {
                Rank = bpmf.Rank,
                Precision = bpmf.Precision,
                BurnIn = bpmf.BurnIn,
                PriorStrength = bpmf.PriorStrength,
                InitialScale = bpmf.InitialScale,
                Seed = bpmf.Seed,
            };
        }
    }
}
