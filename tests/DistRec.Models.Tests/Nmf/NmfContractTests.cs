using DistRec.Models.Nmf;

namespace DistRec.Models.Tests.Nmf;

public sealed class NmfContractTests : ModelContract
{
    protected override Trained Train(RatingMatrix ratings, ulong seed) =>
        Trained.Of(PlainTraining.Alternate("nmf", new NmfSolver(new NmfOptions { Rank = 6, Regularization = 0.3f, Seed = seed }), ratings, 30));
}
