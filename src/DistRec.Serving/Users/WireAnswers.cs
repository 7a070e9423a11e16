using System.Text.Json;
using DistRec.Cluster.Api;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Api;
using DistRec.Serving.Protocol;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace DistRec.Serving.Users;

/// <summary>Answers on their way between nodes: the JSON that the API sends, and refusals.</summary>
internal static class WireAnswers
{
    private static readonly JsonSerializerOptions Json = ServingJson.CreateOptions();

    /// <summary>Answers a question of another node.</summary>
    public static async Task<UserAnswer> AnswerAsync(UserResponder responder, UserQuestion question)
    {
        try
        {
            object answer = await responder.AnswerAsync(question).ConfigureAwait(false);
            return new UserAnswer
            {
                Status = StatusCodes.Status200OK,
                Body = UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(answer, answer.GetType(), Json)),
            };
        }
        catch (ApiException refused)
        {
            return Refuse(refused.Status, refused.Title, refused.Message);
        }
        catch (Exception exception) when (exception is InputException or NumericalException)
        {
            return Refuse(StatusCodes.Status400BadRequest, Problems.NoAnswer, exception.Message);
        }
    }

    /// <summary>A refusal.</summary>
    public static UserAnswer Refuse(int status, string title, string detail) => new() { Status = status, Title = title, Detail = detail };

    /// <summary>Reads an answer.</summary>
    /// <typeparam name="T">Of the question's kind.</typeparam>
    /// <exception cref="ApiException">It is a refusal.</exception>
    public static T Read<T>(UserAnswer answer) => answer.Status == StatusCodes.Status200OK
        ? JsonSerializer.Deserialize<T>(answer.Body.Span, Json)!
        : throw new ApiException(answer.Status, answer.Title, answer.Detail);
}
