using System.Net;
using System.Text.Json;
using DistRec.Numerics.Random;
using DistRec.Serving.Tests.Keys;

namespace DistRec.Serving.Tests.Api;

/// <summary>Requests made by chance from the API's own document: whatever is sent, nothing fails and nothing of the inside is shown.</summary>
public sealed class FuzzTests(KeyedServer server) : IClassFixture<KeyedServer>
{
    [Theory]
    [InlineData("admin", 60)]
    [InlineData("events", 8)]
    [InlineData("read", 8)]
    [InlineData("expired", 3)]
    [InlineData("unknown", 3)]
    [InlineData(null, 3)]
    public async Task Whatever_is_sent_no_answer_is_a_failure_and_every_refusal_is_a_problem(string? key, int requestsAnOperation)
    {
        JsonElement document = await ReadAsync(null, "/openapi/v1.json");
        int accepted = 0, refused = 0;
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject())
            {
                for (int number = 0; number < requestsAnOperation; number++)
                {
                    EntityRandom random = new(5, RandomPurpose.SyntheticRating, number, path.Name.Length);
                    using HttpRequestMessage request = RandomRequests.Make(document, path.Name, operation, ref random, out string told);
                    server.Sign(request, key);
                    using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                    if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
                    {
                        accepted++;
                        continue;
                    }

                    string body = await response.Content.ReadAsStringAsync();
                    ((int)response.StatusCode).ShouldBeLessThan(500, $"{told}\n{body}");
                    body.ShouldNotContain("   at ", customMessage: told);
                    if (response.IsSuccessStatusCode)
                    {
                        accepted++;
                        continue;
                    }

                    refused++;
                    response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", $"{told}\n{response.StatusCode} {body}");
                }
            }
        }

        refused.ShouldBeGreaterThan(0);
        if (key is "admin" or "events" or "read")
        {
            accepted.ShouldBeGreaterThan(key == "admin" ? refused / 20 : 0, "else little of the API was reached");
        }
        else
        {
            accepted.ShouldBe(0);
        }

        (await ReadAsync("read", "/v1/predict?user=u1&item=i1")).GetProperty("prediction").GetDouble().ShouldBeInRange(0.5, 5);
    }

    private Task<JsonElement> ReadAsync(string? key, string path) => TestServer.ReadAsync(server.SendAsync(key, "GET", path), HttpStatusCode.OK);
}
