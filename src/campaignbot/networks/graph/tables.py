"""What the Graph API v26.0 takes and knows, as far as it is simulated: versions, parameters, fields."""

from __future__ import annotations

from typing import Final

NEWEST: Final = (26, 0)
OLDEST: Final = (21, 0)

MANAGE_POSTS: Final = "pages_manage_posts"
READ_ENGAGEMENT: Final = "pages_read_engagement"
READ_USER_CONTENT: Final = "pages_read_user_content"
MANAGE_ENGAGEMENT: Final = "pages_manage_engagement"
SHOW_LIST: Final = "pages_show_list"
SCOPES: Final = (MANAGE_POSTS, READ_ENGAGEMENT, READ_USER_CONTENT, MANAGE_ENGAGEMENT, SHOW_LIST)
TASKS: Final = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE")

FRAMEWORK: Final = frozenset({"access_token", "appsecret_proof", "fields", "locale", "method"})
PAGING: Final = frozenset({"limit", "after", "before"})
LIST: Final = PAGING | {"since", "until", "summary"}
FEED: Final = LIST | {"include_hidden", "show_expired", "with"}
COMMENTS: Final = LIST | {"filter", "live_filter", "order"}
PUBLISH: Final = frozenset(
    {"message", "link", "published", "scheduled_publish_time", "attached_media", "targeting", "feed_targeting"}
)
PHOTO: Final = frozenset(
    {"source", "caption", "alt_text_custom", "published", "temporary", "no_story", "targeting", "feed_targeting"}
)
COMMENT: Final = frozenset({"message"})
COMMENT_UPDATE: Final = frozenset({"message", "is_hidden"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


POST_FIELDS: Final = _words(
    "actions admin_creator allowed_advertising_objectives application backdated_time call_to_action can_reply_privately"
    " child_attachments comments_mirroring_domain coordinates created_time event expanded_height expanded_width"
    " feed_targeting from full_picture height icon id instagram_eligibility is_app_share is_eligible_for_dark_post"
    " is_eligible_for_promotion is_expired is_fb_live_videos is_hidden is_inline_created is_instagram_eligible"
    " is_live_clip is_popular is_published is_spherical message message_tags multi_share_end_card multi_share_optimized"
    " parent_id permalink_url picture place privacy promotable_id promotion_status properties scheduled_publish_time"
    " shares status_type story story_tags subscribed target targeting timeline_visibility updated_time via"
    " video_buying_eligibility was_fb_live_videos width"
)
POST_EDGES: Final = frozenset({"comments", "attachments", "likes", "reactions"})
POST_DEFAULT: Final = ("created_time", "message", "id")
#: gone from posts since v3.3; asking for one fails the whole call
POST_REMOVED: Final = frozenset({"link", "name", "caption", "description", "object_id", "source", "type"})
COMMENT_FIELDS: Final = _words(
    "admin_creator application attachment can_comment can_hide can_like can_remove can_reply_privately comment_count"
    " created_time from id is_hidden is_private like_count live_broadcast_timestamp message message_tags object parent"
    " permalink_url private_reply_conversation user_likes"
)
COMMENT_EDGES: Final = frozenset({"comments", "likes", "reactions"})
COMMENT_DEFAULT: Final = ("created_time", "message", "id")
PHOTO_FIELDS: Final = _words(
    "album alt_text alt_text_custom backdated_time backdated_time_granularity can_backdate can_delete can_tag"
    " created_time event from height icon id images link name name_tags page_story_id picture place position source"
    " target updated_time webp_images width"
)
PHOTO_DEFAULT: Final = ("created_time", "name", "id")
PAGE_FIELDS: Final = _words(
    "about access_token category category_list country_page_likes description display_subtext emails engagement"
    " fan_count followers_count has_transitioned_to_new_page_experience id is_owned is_published is_verified link"
    " location name new_like_count phone promotion_eligible rating_count single_line_address talking_about_count tasks"
    " username verification_status website were_here_count"
)
PAGE_DEFAULT: Final = ("name", "id")
PERSON_FIELDS: Final = frozenset({"id", "name"})
