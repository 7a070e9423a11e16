using System.Net;
using System.Text.Json;
using DistRec.Models.Queries.Asking;

namespace DistRec.Serving.Tests.Api;

public sealed class SwapTests(TestServer server) : IClassFixture<TestServer>
{
    private const int Swaps = 100;

    [Fact]
    public async Task A_hundred_swaps_under_load_fail_no_answer_and_mix_none()
    {
        await server.PostAsync("/v1/users/zoe/ratings", """[{"item":"i4","rating":5},{"item":"i7","rating":1}]""");
        ServingModel[] versions = [SmallModels.Serving(1, version: 1), SmallModels.Serving(2, version: 2)];
        string[] users = ["u1", "u2", "zoe", "stranger"];
        Dictionary<(string, int), string> expected = [];
        foreach (ServingModel version in versions)
        {
            server.Server.Node.Models = SmallModels.Active(version);
            foreach (string user in users)
            {
                expected[(user, version.Version)] = ItemsOf(await server.GetAsync($"/v1/users/{user}/recommendations?n=5"), version.Version);
            }
        }

        expected[("u1", 1)].ShouldNotBe(expected[("u1", 2)]);
        using CancellationTokenSource over = new();
        Task<int>[] load = [.. users.Select(user => Task.Run(async () =>
        {
            int answers = 0;
            while (!over.IsCancellationRequested)
            {
                using HttpResponseMessage response = await server.Client.GetAsync(new Uri($"/v1/users/{user}/recommendations?n=5", UriKind.Relative));
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
                JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
                int version = answer.GetProperty("served").GetProperty("version").GetInt32();
                ItemsOf(answer, version).ShouldBe(expected[(user, version)], user);
                answers++;
            }

            return answers;
        }))];

        for (int swap = 0; swap < Swaps; swap++)
        {
            // A new object each time, as a version that was loaded again: fits that are kept belong to the old one.
            server.Server.Node.Models = SmallModels.Active(SmallModels.Serving((ulong)(1 + (swap % 2)), version: 1 + (swap % 2)));
            await server.GetAsync("/v1/users/zoe/recommendations?n=5");
        }

        await over.CancelAsync();
        (await Task.WhenAll(load)).ShouldAllBe(answers => answers > 0);
    }

    private static string ItemsOf(JsonElement answer, int version)
    {
        answer.GetProperty("served").GetProperty("version").GetInt32().ShouldBe(version);
        return answer.GetProperty("items").GetRawText();
    }
}
