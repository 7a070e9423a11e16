using DistRec.Models.Als;

namespace DistRec.Models.Tests.Als;

public sealed class AlsContractTests : ModelContract
{
    protected override Trained Train(RatingMatrix ratings, ulong seed) =>
        Trained.Of(PlainTraining.Alternate("als", new AlsSolver(new AlsOptions { Rank = 4, Regularization = 0.3f, Seed = seed }), ratings, 10));
}
