using DistRec.Models.Queries.Asking;
using DistRec.Models.Queries.Lists;
using DistRec.Serving.Events;
using DistRec.Serving.Protocol;
using DistRec.Serving.Users;

namespace DistRec.Serving.Tests.Users;

public sealed class UserQueriesTests
{
    [Fact]
    public void A_question_about_a_list_is_put_to_the_model_as_it_is()
    {
        ServingModel model = SmallModels.Serving(kind: ModelKinds.Bpmf);
        UserQueries queries = new(new ServingNode(UserPartitions.DefaultCount), TimeProvider.System);
        RecommendQuestion question = new()
        {
            N = 4, IncludeSeen = true, Allow = new ItemIds { Ids = { Enumerable.Range(0, 20).Select(item => $"i{item}") } }, Deny = new ItemIds { Ids = { "i3" } },
            Diversity = 0.4, Explore = 2, Filter = "year<1995",
        };

        RecommendAnswer answer = (RecommendAnswer)queries.Answer(new UserQuestion { User = "u4", Recommend = question }, SmallModels.Active(model));

        RecommendAnswer expected = ModelQueries.Recommend(model, Asker.Of(model, "u4"), new RecommendQuery
        {
            N = 4, IncludeSeen = true, Allow = question.Allow.Ids, Deny = ["i3"], Diversity = 0.4, Explore = 2, Filter = AttributeFilter.Parse("year<1995", "filter"),
        });
        answer.Items.Select(item => int.Parse(item.Item.AsSpan(1))).Max().ShouldBeLessThan(15);
        answer.Items.ShouldBe(expected.Items);
        answer.Items.ShouldAllBe(item => item.Deviation > 0);
        answer.RankedBy.ShouldBe(RankedBy.UpperBound);
        answer.Basis.ShouldBe("ranked by the user's predicted ratings and 2 standard deviations more, then chosen to differ (diversity 0.4)");
    }
}
