using DistRec.Models.FactorizationMachine.Sampling;

namespace DistRec.Models.Tests.FactorizationMachine;

/// <summary>A factorization machine of users and items, as the factor model that it comes to.</summary>
public abstract class FmContract(FmLearner learner, int order = 2) : ModelContract
{
    protected override Trained Train(RatingMatrix ratings, ulong seed)
    {
        FmOptions options = FmOptions.For(FmTask.Regression, learner) with { Rank = 4, Order = order, BurnIn = 10, InitialScale = 0.1f, Seed = seed };
        options = learner switch
        {
            FmLearner.Als => options with { Regularization = 2, WeightRegularization = 0.5f },
            FmLearner.AdaGrad => options with { LearningRate = 0.1f, Regularization = 0.02f },
            _ => options with { LearningRate = 0.05f, LearningRateDecay = 0.97f, Regularization = 0.02f },
        };
        FeatureData data = FeatureEncoder.Encode(new RatingSplit(ratings, null, null), ["user", "item"]);
        FmShape shape = FmShape.Of(options);
        int rows = shape.RowsFor(data.Space.Count, data.Space.Groups.Count);
        FmParameters parameters = new(new FactorTable(rows, shape.Width), new float[rows], data.Space.Count);
        FmTables.Initialize(
            shape, options, parameters.Factors, parameters.Weights, 0, data.Space.Count, FmTables.InterceptOf(options, data.Train.Targets.Sum(), data.Train.Count));
        if (options.Sweeps)
        {
            Sweep(options, data, parameters, epochs: 60);
        }
        else
        {
            Descend(options, shape, data, parameters, epochs: 60);
        }

        RatingStatistics statistics = RatingStatistics.Of(ratings);
        FmMachine machine = FmMachine.Of(options, parameters, data.Space, RatingUnits.None);
        return Trained.Of(FmCollapse.ToModel(ModelKinds.Fm, machine, data, new RatingScale(statistics.Minimum, statistics.Maximum)));
    }

    private static void Sweep(FmOptions options, FeatureData data, FmParameters parameters, int epochs)
    {
        FmSampler sampler = new(options, data.Space, data.Train);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            sampler.Begin(parameters, epoch);
            for (int clock = 0; clock < sampler.Clocks; clock++)
            {
                sampler.Apply(clock, sampler.Statistics(clock));
            }

            sampler.EndEpoch(parameters, epoch, epochs);
        }
    }

    private static void Descend(FmOptions options, FmShape shape, FeatureData data, FmParameters parameters, int epochs)
    {
        // Every tenth row tells what to regularize by.
        int[] groups = data.Space.GroupOfEach();
        FmHeldOut heldOut = new(data.Train.Slice(0, (data.Train.Count + 9) / 10), groups);
        double rate = options.LearningRate;
        for (int epoch = 0; epoch < epochs; epoch++, rate *= options.LearningRateDecay)
        {
            FmStep step = FmStep.Of(options, rate);
            _ = options.Learner == FmLearner.AdaptiveSgd
                ? FmKernel.RunRows(shape, step, data.Train, 0, data.Train.Count, parameters, heldOut)
                : FmKernel.RunRows(shape, step, data.Train, 0, data.Train.Count, parameters);
        }
    }
}

public sealed class FmBySgdContractTests() : FmContract(FmLearner.Sgd);

public sealed class FmOfOrderThreeContractTests() : FmContract(FmLearner.Sgd, order: 3);

public sealed class FmByAdaGradContractTests() : FmContract(FmLearner.AdaGrad);

public sealed class FmByAdaptiveSgdContractTests() : FmContract(FmLearner.AdaptiveSgd);

public sealed class FmByAlsContractTests() : FmContract(FmLearner.Als);

public sealed class FmByMcmcContractTests() : FmContract(FmLearner.Mcmc);
