using DistRec.Data;
using DistRec.Evaluation.Protocols;

namespace DistRec.Evaluation.Tests.Protocols;

public sealed class UserSumsTests
{
    // Ratings 4 and 2 of the first user, none of the second, 5 of the third.
    private static readonly RatingMatrix Ratings = new(3, [0, 2, 2, 3], [0, 2, 1], [4, 2, 5]);

    [Fact]
    public void Squares_are_added_up_for_each_user()
    {
        UserSums errors = UserSums.Of([3.5, 4, 4], Ratings);

        errors.Sums.ShouldBe([4.25, 0, 1]);
        errors.Counts.ShouldBe([2, 0, 1]);
        errors.Count.ShouldBe(3);
        errors.Mean.ShouldBe(1.75);
    }

    [Fact]
    public void An_answer_too_few_is_refused() => Should.Throw<ArgumentException>(() => UserSums.Of([3.5, 4], Ratings));
}
