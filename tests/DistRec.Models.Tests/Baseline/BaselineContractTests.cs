using DistRec.Models.Baseline;

namespace DistRec.Models.Tests.Baseline;

public sealed class BaselineContractTests : ModelContract
{
    protected override bool HasRandomness => false;

    protected override Trained Train(RatingMatrix ratings, ulong seed) =>
        Trained.Of(PlainTraining.Alternate("baseline", new BaselineSolver(new BaselineOptions()), ratings, 10));
}
