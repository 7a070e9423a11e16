using System.Net;
using System.Text.Json;
using DistRec.Serving.Api;
using DistRec.Serving.Client;
using DistRec.Serving.Events.Import;
using DistRec.Serving.Hosting;

namespace DistRec.Serving.Tests.Api;

public sealed class EventApiTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Events_are_stored_ratings_among_them_count_and_wrong_ones_are_told_one_by_one()
    {
        JsonElement answer = await server.PostAsync("/v1/events", """
            {"events":[
              {"kind":"impression","user":"eve","item":"i1","answerId":"a","position":1},
              {"kind":"rating","user":"eve","item":"i4","value":5,"id":"e1"},
              {"kind":"rating","user":"eve","item":"i6"},
              {"kind":"click","user":"","item":"i6"},
              {"kind":"click","user":"adam","item":"i6","experiment":"x"}]}
            """);

        answer.GetProperty("stored").GetInt32().ShouldBe(2);
        answer.GetProperty("refused").EnumerateArray().Select(one => (one.GetProperty("index").GetInt32(), one.GetProperty("reason").GetString())).ShouldBe(
        [
            (2, "value: expected the rating, found nothing"),
            (3, "user: expected an id, found nothing"),
            (4, "experiment: expected an arm with it, found none"),
        ]);
        (await server.GetAsync("/v1/predict?user=eve&item=i8")).GetProperty("foldIn").GetProperty("ratings").GetInt32().ShouldBe(1);

        JsonElement again = await server.PostAsync("/v1/events", """{"events":[{"kind":"rating","user":"eve","item":"i4","value":1,"id":"e1"}]}""");
        again.GetProperty("duplicates").GetInt32().ShouldBe(1);
        (await server.GetAsync("/v1/users/eve/ratings")).GetProperty("ratings")[0].GetProperty("rating").GetDouble().ShouldBe(5);
        await server.PostAsync("/v1/events", """{"events":[{"kind":"purchase","user":"eve","item":"i4"}]}""", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_file_of_events_is_stored_and_a_wrong_row_is_told_by_its_line()
    {
        using RecommendationClient client = new(server.Client.BaseAddress!);
        string rows = string.Concat(Enumerable.Range(0, 2500).Select(row => $"rating,importer-{row % 50},i{1 + row % 9},{1 + row % 5},row-{row}\n"));
        string text = "kind,user,item,value,id\n" + rows + "rating,importer-1,i1,,wrong\npurchase,importer-1,i1,3,\n";

        EventImportReport first = await client.ImportEventsAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));
        EventImportReport again = await client.ImportEventsAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)));

        (first.Stored, first.Duplicates, first.Refused, first.Stopped).ShouldBe((2500, 0, 2, null));
        first.Reasons.Select(one => one.Line).ShouldBe([2502, 2503]);
        (again.Stored, again.Duplicates, again.Refused).ShouldBe((0, 2500, 2));
        (await client.RatingsAsync("importer-7")).Ratings.Count.ShouldBe(9);

        // Longer than any other request may be.
        string wide = "kind,user,item\n" + string.Concat(Enumerable.Range(0, 2).Select(_ => new string('x', 3 << 20) + "\n")) + "view,importer-1,i1\n";
        (await client.ImportEventsAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(wide)))).Stored.ShouldBe(1);
        (await Should.ThrowAsync<ServerException>(() => client.ImportEventsAsync(new MemoryStream("nothing of the kind"u8.ToArray()))))
            .Message.ShouldContain("the events to import, line 1: expected names of columns");
    }

    [Fact]
    public async Task A_request_that_is_sent_again_under_its_name_is_kept_once()
    {
        async Task<JsonElement> SendAsync(int rating)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/users/ida/ratings");
            request.Content = new StringContent($$"""{"item":"i4","rating":{{rating}}}""", System.Text.Encoding.UTF8, "application/json");
            request.Headers.Add("Idempotency-Key", "monday");
            return await TestServer.ReadAsync(server.Client.SendAsync(request), HttpStatusCode.OK);
        }

        (await SendAsync(5)).GetProperty("stored").GetInt32().ShouldBe(1);
        (await SendAsync(2)).GetProperty("duplicates").GetInt32().ShouldBe(1);
        (await server.GetAsync("/v1/users/ida/ratings")).GetProperty("ratings")[0].GetProperty("rating").GetDouble().ShouldBe(5);
    }

    [Fact]
    public async Task A_server_that_starts_again_knows_what_was_rated()
    {
        string folder = Directory.CreateTempSubdirectory("distrec-again-").FullName;
        try
        {
            for (int start = 1; start <= 2; start++)
            {
                await using RecommendationServer once = await TestServer.StartAsync(folder, ServerOptions.Alone(folder, TimeProvider.System));
                once.Node.Models = SmallModels.Active(server.Model);
                using RecommendationClient client = new(once.Address);
                await client.RateAsync("zoe", [new RatingRequest { Item = $"i{start}", Rating = start }]);
                (await client.RatingsAsync("zoe")).Ratings.Select(rating => rating.Rating).ShouldBe(Enumerable.Range(1, start).Select(rating => (float)rating));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
