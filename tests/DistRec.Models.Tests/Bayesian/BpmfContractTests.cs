using DistRec.Models.Bayesian;

namespace DistRec.Models.Tests.Bayesian;

public sealed class BpmfContractTests : ModelContract
{
    protected override Trained Train(RatingMatrix ratings, ulong seed) =>
        Trained.Of(PlainTraining.Alternate("bpmf", new BpmfSolver(new BpmfOptions { Rank = 4, BurnIn = 10, Precision = 10, Seed = seed }), ratings, 40));
}
